package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compiled projection: which fields of a document stay, and which are computed. Immutable and thread safe. What stays is
 * copied as byte ranges.
 */
public final class Projection {
    private final ProjectionNode root;
    private final boolean including;
    private final boolean keepsAll;
    private final Map<String, Filter> elemMatches;

    Projection(ProjectionNode root, boolean including, boolean keepsAll, Map<String, Filter> elemMatches) {
        this.root = root;
        this.including = including;
        this.keepsAll = keepsAll;
        this.elemMatches = elemMatches;
    }

    /**
     * Compiles the projection of a {@code find}; an empty one keeps everything.
     *
     * @throws CommandException with MongoDB's code where it is wrong or not supported
     */
    public static Projection compile(Doc spec) {
        return compile(spec, CompileContext.NONE);
    }

    /** The same where its expressions see variables. */
    public static Projection compile(Doc spec, CompileContext context) {
        return new ProjectionParser(true, context).parse(spec);
    }

    /** Compiles the argument of a {@code $project} stage, which knows no {@code $elemMatch} and no {@code $slice: n}. */
    static Projection compileStage(Doc spec, CompileContext context) {
        return new ProjectionParser(false, context).parse(spec);
    }

    /** Whether it names the fields to keep, not those to drop. */
    public boolean isInclusion() {
        return including;
    }

    /** The projected document: the same instance where it keeps everything. */
    public Doc apply(Doc document, PipelineContext context) {
        Doc kept = document;
        if (!keepsAll) {
            DocBuilder out = new DocBuilder(document.length());
            root.keep(document, including, out);
            kept = out.buildDoc();
        }
        if (!elemMatches.isEmpty()) {
            kept = withElements(document, kept);
        }
        return root.computes() ? root.compute(kept, Scope.of(document, context)) : kept;
    }

    /** Appends the first element that matches of each {@code $elemMatch} array. */
    private Doc withElements(Doc document, Doc kept) {
        DocBuilder out = new DocBuilder(kept.length() + 64).appendAll(kept);
        for (Map.Entry<String, Filter> match : elemMatches.entrySet()) {
            Value array = document.get(match.getKey());
            Value element = array == null || !array.isArray() ? null : firstMatch(array.asDoc(), match);
            if (element != null) {
                out.startArray(match.getKey()).add(element).end();
            }
        }
        return out.buildDoc();
    }

    private static @Nullable Value firstMatch(Doc array, Map.Entry<String, Filter> match) {
        for (Doc.Fields f = array.fields(); f.next(); ) {
            Value element = f.value();
            Doc alone = new DocBuilder(element.length() + 64)
                    .startArray(match.getKey())
                    .add(element)
                    .end()
                    .buildDoc();
            if (match.getValue().matches(alone)) {
                return element;
            }
        }
        return null;
    }
}
