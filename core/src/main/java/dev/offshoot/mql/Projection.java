package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
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
    private final @Nullable List<String> positional;
    private final Doc source;

    /** @param positional the path of the array of which only the matching element stays, or null */
    Projection(
            ProjectionNode root,
            boolean including,
            boolean keepsAll,
            Map<String, Filter> elemMatches,
            @Nullable List<String> positional,
            Doc source) {
        this.positional = positional;
        this.source = source;
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

    /** The document it was compiled from. */
    public Doc source() {
        return source;
    }

    /** Whether it leaves documents as they are. */
    public boolean isIdentity() {
        return keepsAll && elemMatches.isEmpty() && positional == null && !root.computes();
    }

    /** Whether it does no more than to drop fields. */
    public boolean isExclusion() {
        return !including && elemMatches.isEmpty() && positional == null && root.isPlain();
    }

    /** The paths that stay, where it does no more than to keep some; else null. */
    public @Nullable List<String> includedPaths() {
        if (!including || !elemMatches.isEmpty() || positional != null || !root.isPlain()) {
            return null;
        }
        List<String> paths = new ArrayList<>();
        root.collectPaths("", paths);
        return paths;
    }

    /** Whether it names the fields to keep, not those to drop. */
    public boolean isInclusion() {
        return including;
    }

    /** Whether it has the positional operator, so that it needs the filter that took the document. */
    public boolean isPositional() {
        return positional != null;
    }

    /**
     * The projected document, where the positional operator means the element of an array that made the filter match.
     *
     * @throws CommandException where the filter names no element of it
     */
    public Doc apply(Doc document, Filter filter, PipelineContext context) {
        return apply(positional == null ? document : onlyMatched(document, positional, filter), context);
    }

    /** The document with the first array on a path reduced to its matching element. */
    private static Doc onlyMatched(Doc document, List<String> path, Filter filter) {
        for (int i = 1; i <= path.size(); i++) {
            Value value = FieldEdit.get(document, path.subList(0, i));
            if (value != null && value.isArray()) {
                Value element = matched(value, filter.matchedPosition(document));
                return FieldEdit.set(document, path.subList(0, i), BsonArrays.of(List.of(element)));
            }
        }
        return document;
    }

    private static Value matched(Value array, int position) {
        List<Value> elements = BsonArrays.elements(array);
        if (position < 0 || position >= elements.size()) {
            throw new CommandException(
                    ErrorCode.location(position < 0 ? 51246 : 51247),
                    "Executor error during find command :: caused by :: positional operator '.$' "
                            + (position < 0 ? "couldn't find a matching element in the array" : "element mismatch"));
        }
        return elements.get(position);
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

    /** Reduces each {@code $elemMatch} array to the first element that matches: in its place, or behind the fields that were included. */
    private Doc withElements(Doc document, Doc kept) {
        DocBuilder out = new DocBuilder(kept.length() + 64);
        for (Doc.Field field : kept) {
            Filter condition = elemMatches.get(field.name());
            if (condition == null) {
                out.append(field.name(), field.value());
            } else {
                appendMatch(field.name(), field.value(), condition, out);
            }
        }
        for (Map.Entry<String, Filter> match : elemMatches.entrySet()) {
            Value array = kept.has(match.getKey()) ? null : document.get(match.getKey());
            if (array != null) {
                appendMatch(match.getKey(), array, match.getValue(), out);
            }
        }
        return out.buildDoc();
    }

    private static void appendMatch(String name, Value array, Filter condition, DocBuilder out) {
        Value element = array.isArray() ? firstMatch(array.asDoc(), name, condition) : null;
        if (element != null) {
            out.startArray(name).add(element).end();
        }
    }

    private static @Nullable Value firstMatch(Doc array, String name, Filter condition) {
        for (Doc.Fields f = array.fields(); f.next(); ) {
            Value element = f.value();
            Doc alone = new DocBuilder(element.length() + 64)
                    .startArray(name)
                    .add(element)
                    .end()
                    .buildDoc();
            if (condition.matches(alone)) {
                return element;
            }
        }
        return null;
    }
}
