package dev.offshoot.bench;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogSegment;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.MemoryCheckpointStore;
import dev.offshoot.store.MemoryPageStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.Store;
import dev.offshoot.store.View;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Says yes to every record and keeps none: what a write costs without its log. */
final class NoLogStore implements Store {
    private final Map<String, MemoryPageStore> pages = new ConcurrentHashMap<>();
    private final Map<String, MemoryCheckpointStore> checkpoints = new ConcurrentHashMap<>();

    @Override
    public LogStore log(String id) {
        return new LogStore() {
            @Override
            public AppendResult append(LogRecord entry) {
                return AppendResult.APPENDED;
            }

            @Override
            public RecordCursor read(long fromLsn) {
                return new RecordCursor() {
                    @Override
                    public @Nullable LogRecord next() {
                        return null;
                    }

                    @Override
                    public void close() {}
                };
            }

            @Override
            public long firstLsn() {
                return 1;
            }

            @Override
            public void beginAt(long lsn) {
                throw new UnsupportedOperationException("nothing is kept here");
            }

            @Override
            public void sync() {}

            @Override
            public long trim(long belowLsn, boolean dryRun) {
                return 0;
            }

            @Override
            public List<LogSegment> segments() {
                return List.of();
            }
        };
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public MemoryPageStore pages(String id) {
        return pages.computeIfAbsent(id, key -> new MemoryPageStore());
    }

    @Override
    public MemoryCheckpointStore checkpoints(String id) {
        return checkpoints.computeIfAbsent(id, key -> new MemoryCheckpointStore());
    }

    @Override
    public String describe() {
        return "nowhere";
    }

    @Override
    public void publish(View view) {}

    @Override
    public void close() {}
}
