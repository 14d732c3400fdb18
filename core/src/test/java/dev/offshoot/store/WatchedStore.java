package dev.offshoot.store;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A store that tells what is done to its logs, pages and manifests. */
public final class WatchedStore implements Store {
    private final Store store;
    private final StoreSteps steps;

    public WatchedStore(Store store, StoreSteps steps) {
        this.store = store;
        this.steps = steps;
    }

    @Override
    public LogStore log(String id) {
        return new Log(steps.inside("opening", () -> store.log(id)), steps);
    }

    @Override
    public PageStore pages(String id) {
        return new Pages(steps.inside("opening", () -> store.pages(id)), steps);
    }

    @Override
    public CheckpointStore checkpoints(String id) {
        return new Manifests(steps.inside("opening", () -> store.checkpoints(id)), steps);
    }

    @Override
    public long remove(String id, boolean dryRun) {
        return steps.around("remove", () -> steps.inside("remove", () -> store.remove(id, dryRun)));
    }

    @Override
    public boolean shared() {
        return store.shared();
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void publish(View view) {
        store.publish(view);
    }

    @Override
    public void close() {
        store.close();
    }

    private record Log(LogStore log, StoreSteps steps) implements LogStore {
        @Override
        public AppendResult append(LogRecord entry) {
            return steps.around("append", () -> log.append(entry));
        }

        @Override
        public RecordCursor read(long fromLsn) {
            return steps.around("read", () -> log.read(fromLsn));
        }

        @Override
        public long firstLsn() {
            return log.firstLsn();
        }

        @Override
        public void beginAt(long lsn) {
            log.beginAt(lsn);
        }

        @Override
        public void sync() {
            steps.around("sync", log::sync);
        }

        @Override
        public long trim(long belowLsn, boolean dryRun) {
            return steps.around("trim", () -> steps.inside("trim", () -> log.trim(belowLsn, dryRun)));
        }

        @Override
        public @Nullable String trouble() {
            return log.trouble();
        }

        @Override
        public List<LogSegment> segments() {
            return log.segments();
        }
    }

    private record Pages(PageStore pages, StoreSteps steps) implements PageStore {
        @Override
        public boolean put(PageId id, byte[] bytes) {
            return steps.around("put", () -> pages.put(id, bytes));
        }

        @Override
        public void flush() {
            steps.around("flush", pages::flush);
        }

        @Override
        public byte[] get(PageId id) {
            return steps.around("get", () -> pages.get(id));
        }

        @Override
        public boolean has(PageId id) {
            return pages.has(id);
        }

        @Override
        public void forEach(Consumer<Entry> page) {
            pages.forEach(page);
        }

        @Override
        public Amount amount() {
            return pages.amount();
        }

        @Override
        public Amount sweep(Predicate<PageId> reachable, long markedBefore, boolean dryRun) {
            return steps.around(
                    "sweep", () -> steps.inside("sweep", () -> pages.sweep(reachable, markedBefore, dryRun)));
        }

        @Override
        public List<String> problems() {
            return pages.problems();
        }
    }

    private record Manifests(CheckpointStore manifests, StoreSteps steps) implements CheckpointStore {
        @Override
        public void put(long lsn, byte[] manifest) {
            steps.around("putManifest", () -> manifests.put(lsn, manifest));
        }

        @Override
        public List<Long> list() {
            return steps.around("listManifests", manifests::list);
        }

        @Override
        public byte @Nullable [] get(long lsn) {
            return steps.around("getManifest", () -> manifests.get(lsn));
        }

        @Override
        public void delete(long lsn) {
            steps.around("deleteManifest", () -> manifests.delete(lsn));
        }

        @Override
        public void need(String process, long lsn, long untilMillis) {
            steps.around("need", () -> manifests.need(process, lsn, untilMillis));
        }

        @Override
        public Map<String, Long> needs(long nowMillis) {
            return steps.around("needs", () -> manifests.needs(nowMillis));
        }
    }
}
