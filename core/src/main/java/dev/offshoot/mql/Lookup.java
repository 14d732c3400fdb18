package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@code $lookup}. What does not depend on the local document is read once and kept, unless it is too large; documents
 * of the other collection that have to equal something are found by {@link ForeignJoin}. Not thread safe.
 */
final class Lookup {
    private final LookupStage stage;
    private final PipelineContext context;
    private final CollectionReader.Source source;
    private final @Nullable ForeignJoin join;
    private @Nullable List<Doc> kept;
    private boolean keeping;

    Lookup(LookupStage stage, PipelineContext context) {
        this.stage = stage;
        this.context = context;
        this.source = stage.from() == null
                ? CollectionReader.NONE.source("")
                : context.collections().source(stage.from());
        this.join = join(stage, source, context);
        this.keeping = stage.local() == null
                && stage.pipeline() != null
                && stage.pipeline().hasPrefix();
    }

    private static @Nullable ForeignJoin join(
            LookupStage stage, CollectionReader.Source source, PipelineContext context) {
        SubPipeline pipeline = stage.pipeline();
        if (stage.from() == null || (pipeline != null && pipeline.documents() != null)) {
            return null;
        }
        if (stage.foreign() != null) {
            return new ForeignJoin(source, stage.foreign(), stage.collation(), context);
        }
        VariableEquality equality = pipeline == null || pipeline.hasPrefix() ? null : pipeline.equality();
        return equality == null ? null : new ForeignJoin(source, equality.path(), stage.collation(), context);
    }

    /** The local document with the array of what belongs to it. */
    Doc withMatches(Doc local) {
        DocBuilder array = new DocBuilder();
        int n = 0;
        for (Iterator<Doc> matches = matches(local); matches.hasNext(); ) {
            array.append(Integer.toString(n++), matches.next());
            if (array.size() > context.memoryBytesMax()) {
                throw new CommandException(
                        ErrorCode.location(4568),
                        "Total size of documents in " + stage.from() + " matching pipeline's $lookup stage exceeds "
                                + context.memoryBytesMax() + " bytes");
            }
        }
        return FieldEdit.set(local, stage.as().parts(), Value.array(array.buildDoc()));
    }

    /** The local document once for each document that belongs to it. */
    Iterator<Doc> unwound(Doc local, UnwindStage unwind) {
        Iterator<Doc> matches = matches(local);
        if (!matches.hasNext()) {
            return unwind.unwind(FieldEdit.set(local, stage.as().parts(), Value.array(Doc.EMPTY)));
        }
        return new Iterator<>() {
            private long place;

            @Override
            public boolean hasNext() {
                return matches.hasNext();
            }

            @Override
            public Doc next() {
                Doc with = FieldEdit.set(local, stage.as().parts(), Value.document(matches.next()));
                return unwind.withIndex(with, Value.of(place++));
            }
        };
    }

    private Iterator<Doc> matches(Doc local) {
        context.collections().checkTime();
        PipelineContext inner = inner(local);
        SubPipeline pipeline = stage.pipeline();
        if (pipeline == null) {
            return equal(local);
        }
        if (stage.local() != null) {
            return pipeline.whole().run(pipeline.documents() == null ? equal(local) : brought(local, inner), inner);
        }
        if (pipeline.documents() != null && !pipeline.documentsAreFixed()) {
            return pipeline.whole().run(documents(inner), inner);
        }
        if (pipeline.hasPrefix()) {
            return pipeline.suffix().run(prefix(pipeline), inner);
        }
        Value wanted = pipeline.equality() == null ? null : pipeline.equality().value(inner);
        return join != null && VariableEquality.isUsable(wanted)
                ? pipeline.whole().run(join.find(wanted == null ? List.of() : List.of(wanted)), inner)
                : pipeline.whole().runOn(source, inner);
    }

    /** What the pipeline sees: the variables of this stage beside those around it. */
    private PipelineContext inner(Doc local) {
        if (stage.let().isEmpty()) {
            return context.on(source);
        }
        Map<String, Value> variables = new HashMap<>(context.variables());
        stage.let().forEach((name, expression) -> {
            Value value = expression.evaluate(local, context);
            if (value == null) {
                variables.remove(name);
            } else {
                variables.put(name, value);
            }
        });
        return context.withVariables(variables).on(source);
    }

    /** The documents of the other collection whose values meet those of the local one. */
    private Iterator<Doc> equal(Doc local) {
        return join == null ? Collections.emptyIterator() : join.find(values(local));
    }

    private List<Value> values(Doc local) {
        List<Value> values = new ArrayList<>();
        if (stage.local() != null) {
            PathValues.each(local, stage.local().parts(), values::add);
        }
        return values.isEmpty() ? List.of(Value.NULL) : values;
    }

    /** As {@link #equal} among the documents that the pipeline brings. */
    private Iterator<Doc> brought(Doc local, PipelineContext inner) {
        String path = stage.foreign() == null ? "" : stage.foreign().text();
        return Iterators.filtered(
                documents(inner), ForeignJoin.filter(path, values(local), stage.collation())::matches);
    }

    private Iterator<Doc> documents(PipelineContext inner) {
        SubPipeline pipeline = stage.pipeline();
        return pipeline == null || pipeline.documents() == null
                ? Collections.emptyIterator()
                : pipeline.documents().run(Collections.emptyIterator(), inner);
    }

    /** What the stages make that are the same for every local document. */
    private Iterator<Doc> prefix(SubPipeline pipeline) {
        if (kept != null) {
            return kept.iterator();
        }
        Iterator<Doc> fresh = pipeline.documents() == null
                ? pipeline.prefix().runOn(source, context)
                : pipeline.prefix().run(documents(context), context);
        if (!keeping) {
            return fresh;
        }
        List<Doc> all = new ArrayList<>();
        long bytes = 0;
        while (fresh.hasNext()) {
            Doc doc = fresh.next();
            all.add(doc);
            bytes += doc.length();
            if (bytes > context.memoryBytesMax()) {
                keeping = false;
                return Iterators.concat(all.iterator(), () -> fresh);
            }
        }
        kept = all;
        return all.iterator();
    }
}
