package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Documents to be read again from the first one on: in memory up to the limit, in a run behind it. Not thread safe. */
final class DocBuffer implements Iterable<Doc> {
    private final String stage;
    private final PipelineContext context;
    private final List<Doc> held = new ArrayList<>();
    private long bytes;
    private SpillSpace.@Nullable Run rest;

    DocBuffer(String stage, PipelineContext context) {
        this.stage = stage;
        this.context = context;
    }

    void add(Doc document) {
        if (rest != null) {
            rest.append(document);
            return;
        }
        held.add(document);
        bytes += document.length() + GroupStage.ENTRY_BYTES;
        if (bytes > context.memoryBytesMax()) {
            if (!context.spill().isAllowed()) {
                throw new CommandException(
                        ErrorCode.QUERY_EXCEEDED_MEMORY,
                        "Exceeded memory limit for " + stage + ", but didn't allow external sort."
                                + " Pass allowDiskUse:true to opt in.");
            }
            rest = context.spill().newRun();
        }
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    @Override
    public Iterator<Doc> iterator() {
        Iterator<Doc> first = held.iterator();
        Iterator<Doc> second = rest == null ? Collections.emptyIterator() : rest.documents();
        return new Iterators.Ahead() {
            @Override
            @Nullable
            Doc find() {
                return first.hasNext() ? first.next() : second.hasNext() ? second.next() : null;
            }
        };
    }

    /** Holds nothing any more. */
    void discard() {
        held.clear();
        if (rest != null) {
            rest.discard();
        }
    }
}
