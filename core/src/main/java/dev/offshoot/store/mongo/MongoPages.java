package dev.offshoot.store.mongo;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.client.MongoCursor;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import dev.offshoot.store.PageStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;

/**
 * The pages of one project in {@code wal_pages}. What is put waits in memory, where it can be read, and is stored in batches; a batch is
 * inserted, and what was there already gets its mark renewed. Pages that this process stored or renewed before are renewed first, and sent
 * only if that finds them gone. A sweep removes a page on condition that its mark is still old, so it needs no lock against other
 * processes.
 *
 * <p>Whether a page was there is known without asking the server only of those that this process put before; others count as new.
 */
final class MongoPages implements PageStore {
    private static final int PAGE_BYTES_MAX = 32 << 20;
    private static final long WAITING_BYTES_MAX = 4 << 20;
    private static final int WAITING_PAGES_MAX = 1_000;
    private static final int KNOWN_MAX = 50_000;
    private static final int SWEEP_BATCH = 1_000;

    private final Questions questions;
    private final PageCollection collection;
    private final String log;
    private final InstantSource clock;
    private final Map<PageId, byte[]> waiting = new ConcurrentHashMap<>();
    private final Cache<PageId, Boolean> known =
            Caffeine.newBuilder().maximumSize(KNOWN_MAX).build();
    private long waitingBytes;

    MongoPages(Questions questions, PageCollection collection, String log, InstantSource clock) {
        this.questions = questions;
        this.collection = collection;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public synchronized boolean put(PageId id, byte[] bytes) {
        if (bytes.length > PAGE_BYTES_MAX) {
            throw new IllegalArgumentException("a page has at most 32 MiB, not " + bytes.length + " bytes");
        }
        questions.checkOpen();
        if (waitingBytes >= WAITING_BYTES_MAX || waiting.size() >= WAITING_PAGES_MAX) {
            flush();
        }
        boolean isNew = known.getIfPresent(id) == null;
        if (waiting.putIfAbsent(id, bytes.clone()) != null) {
            return false;
        }
        waitingBytes += bytes.length;
        return isNew;
    }

    @Override
    public synchronized void flush() {
        questions.ask("store pages", () -> {
            store();
            return true;
        });
    }

    @Override
    public byte[] get(PageId id) {
        byte[] bytes = waiting.get(id);
        if (bytes != null) {
            questions.checkOpen();
            return bytes.clone();
        }
        return questions.ask("read page " + id, () -> {
            byte[] found = collection.page(id);
            if (found == null) {
                throw new CorruptionException(
                        "wal_pages: expected the document " + PageDocument.id(log, id) + ", found none");
            }
            return found;
        });
    }

    /** Asks the server about each page that does not wait: another process may have swept it. */
    @Override
    public boolean has(PageId id) {
        if (waiting.containsKey(id)) {
            questions.checkOpen();
            return true;
        }
        return questions.ask(
                "look for page " + id,
                () -> !collection.there(List.of(PageDocument.id(log, id))).isEmpty());
    }

    /** Flushes first, so that all are in one place. */
    @Override
    public void forEach(Consumer<Entry> page) {
        flush();
        questions.ask("list the pages", () -> {
            try (MongoCursor<RawBsonDocument> documents = collection.heads()) {
                while (documents.hasNext()) {
                    RawBsonDocument document = documents.next();
                    if (PageDocument.isWhole(document)) {
                        page.accept(new Entry(PageDocument.page(document), PageDocument.size(document)));
                    }
                }
            }
            return true;
        });
    }

    /** Counts them one after the other: an aggregation over all could take longer than a reply may. */
    @Override
    public Amount amount() {
        Amount[] sum = {Amount.NONE};
        forEach(page -> sum[0] = sum[0].plus(new Amount(1, page.bytes())));
        return sum[0];
    }

    @Override
    public Amount sweep(Predicate<PageId> reachable, long markedBefore, boolean dryRun) {
        return questions.ask("remove pages", () -> {
            Amount removed = Amount.NONE;
            try (MongoCursor<RawBsonDocument> old = collection.headsMarkedBefore(markedBefore)) {
                List<RawBsonDocument> batch = new ArrayList<>();
                Reach reach = new Reach(reachable);
                while (old.hasNext()) {
                    RawBsonDocument document = old.next();
                    if (!reach.includes(PageDocument.page(document))) {
                        batch.add(document);
                    }
                    if (batch.size() == SWEEP_BATCH || !old.hasNext()) {
                        removed = removed.plus(remove(batch, markedBefore, dryRun));
                        batch.clear();
                    }
                }
            }
            return removed;
        });
    }

    /** Asks once about the documents of one page, which follow each other. */
    private static final class Reach {
        private final Predicate<PageId> reachable;
        private PageId last = new PageId(0, 0, 0, 0);
        private boolean included;
        private boolean asked;

        Reach(Predicate<PageId> reachable) {
            this.reachable = reachable;
        }

        boolean includes(PageId page) {
            if (!asked || !page.equals(last)) {
                asked = true;
                last = page;
                included = reachable.test(page);
            }
            return included;
        }
    }

    private Amount remove(List<RawBsonDocument> batch, long markedBefore, boolean dryRun) {
        if (batch.isEmpty()) {
            return Amount.NONE;
        }
        List<String> ids = batch.stream().map(PageDocument::id).toList();
        Set<String> gone = dryRun ? Set.copyOf(ids) : collection.removeMarkedBefore(ids, markedBefore);
        Amount removed = Amount.NONE;
        for (RawBsonDocument document : batch) {
            if (gone.contains(PageDocument.id(document)) && PageDocument.isWhole(document)) {
                removed = removed.plus(new Amount(1, PageDocument.size(document)));
                if (!dryRun) {
                    known.invalidate(PageDocument.page(document));
                }
            }
        }
        return removed;
    }

    /** Stores what waits. When that fails it goes on waiting. */
    private void store() {
        long mark = clock.millis();
        List<BsonDocument> probable = new ArrayList<>();
        List<BsonDocument> others = new ArrayList<>();
        waiting.forEach((id, bytes) ->
                (known.getIfPresent(id) == null ? others : probable).addAll(PageDocument.encode(log, id, bytes, mark)));
        collection.store(probable, mark, true);
        collection.store(others, mark, false);
        waiting.keySet().forEach(id -> known.put(id, true));
        waiting.clear();
        waitingBytes = 0;
    }
}
