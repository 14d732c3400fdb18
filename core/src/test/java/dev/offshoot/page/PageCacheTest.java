package dev.offshoot.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.MemoryPageStore;
import dev.offshoot.tree.Editor;
import dev.offshoot.tree.Node;
import dev.offshoot.tree.Tree;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What stays in memory of pages that are read. */
final class PageCacheTest {
    private static final int ENTRIES = 30_000;
    private static final int DOCUMENT_BYTES = 200;
    private static final int ROOMY = 64 << 20;

    private final MemoryPageStore store = new MemoryPageStore();
    /** Pages that packing makes small. */
    private final PageRoot index = write(Long.BYTES, 1);
    /** Pages that packing makes no smaller. */
    private final PageRoot documents = write(DOCUMENT_BYTES, 2);

    private PageRoot write(int valueBytes, int seed) {
        Random random = new Random(seed);
        Editor<byte[]> editor = Tree.<byte[]>empty().edit();
        for (int i = 0; i < ENTRIES; i++) {
            byte[] value = new byte[valueBytes];
            random.nextBytes(value);
            editor.put(key(i), ByteBuffer.wrap(value).putLong(i).array());
        }
        return new Pages(store, new PageCache(0)).store(editor.build(), RawBytes.FORMAT);
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(i).array();
    }

    /** Trees that are read through a cache of their own. */
    private final class Reader {
        final PageCache cache;
        final Pages pages;
        final Tree<byte[]> index;
        final Tree<byte[]> documents;

        private final Random random = new Random(3);

        Reader(long bytes) {
            cache = new PageCache(bytes);
            pages = new Pages(store, cache);
            index = pages.open(PageCacheTest.this.index, RawBytes.FORMAT);
            documents = pages.open(PageCacheTest.this.documents, RawBytes.FORMAT);
        }

        /** Reads the same random entries of some trees; answers how often the store was asked for that. */
        long read(int times, List<Tree<byte[]>> trees) {
            return storeReads(() -> {
                for (int i = 0; i < times; i++) {
                    int entry = random.nextInt(ENTRIES);
                    trees.forEach(tree -> expect(tree, entry));
                }
            });
        }

        long readAll(List<Tree<byte[]>> trees) {
            return storeReads(() -> {
                for (int entry = 0; entry < ENTRIES; entry++) {
                    int next = entry;
                    trees.forEach(tree -> expect(tree, next));
                }
            });
        }

        private long storeReads(Runnable reading) {
            long readsBefore = store.reads();
            long loadsBefore = cache.loads();
            reading.run();
            long reads = store.reads() - readsBefore;
            assertThat(cache.loads() - loadsBefore).isEqualTo(reads);
            return reads;
        }

        private void expect(Tree<byte[]> tree, int entry) {
            byte[] value = tree.get(key(entry));
            assertThat(value == null ? -1 : ByteBuffer.wrap(value).getLong()).isEqualTo(entry);
        }

        PageCache.Tier nodes() {
            return cache.tiers().get(0);
        }

        PageCache.Tier packed() {
            return cache.tiers().get(2);
        }

        long misses(PageCache.Tier tier, Runnable reading) {
            LongSupplier misses = () -> tier.counts().missCount();
            long before = misses.getAsLong();
            reading.run();
            return misses.getAsLong() - before;
        }
    }

    @Test
    void it_never_holds_more_than_it_may() {
        Reader reader = new Reader(200_000);
        for (int i = 0; i < 5_000; i++) {
            assertThat(reader.read(1, List.of(reader.index, reader.documents))).isBetween(0L, 20L);
            assertThat(reader.cache.bytes()).isBetween(1L, 200_000L);
        }
        List<PageCache.Tier> tiers = reader.cache.tiers();
        assertThat(tiers.stream().mapToLong(PageCache.Tier::bytes).sum()).isEqualTo(reader.cache.bytes());
        assertThat(tiers)
                .allSatisfy(tier -> assertThat(tier.counts().evictionCount()).isPositive());
        assertThat(tiers).extracting(PageCache.Tier::name).containsExactly("nodes", "content", "packed");
    }

    @Test
    void a_memory_of_nothing_reads_from_the_store_each_time() {
        Reader reader = new Reader(0);
        assertThat(reader.read(10, List.of(reader.index))).isGreaterThanOrEqualTo(20);
        assertThat(reader.cache.bytes()).isZero();
    }

    @Test
    void what_fits_comes_to_be_nodes_that_are_ready() {
        Reader reader = new Reader(ROOMY);
        List<Tree<byte[]>> both = List.of(reader.index, reader.documents);
        assertThat(reader.readAll(both)).isPositive();
        assertThat(reader.misses(
                        reader.nodes(), () -> assertThat(reader.readAll(both)).isZero()))
                .isZero();
        assertThat(reader.nodes().bytes()).isGreaterThan((long) ENTRIES * DOCUMENT_BYTES);
    }

    @Test
    void pages_that_fit_only_when_they_are_packed_are_not_read_again() {
        Reader all = new Reader(ROOMY);
        assertThat(all.readAll(List.of(all.index))).isPositive();
        long nodes = all.nodes().bytes();
        long packed = all.packed().bytes();
        assertThat(packed).isLessThan(nodes / 6);
        Reader reader = new Reader(nodes / 3);
        assertThat(reader.read(20_000, List.of(reader.index))).isPositive();
        assertThat(reader.read(5_000, List.of(reader.index))).isZero();
        assertThat(reader.nodes().counts().evictionCount()).isPositive();
    }

    @Test
    void a_document_by_its_index_is_one_read_from_the_store_where_the_documents_do_not_fit_at_all() {
        Reader all = new Reader(ROOMY);
        assertThat(all.readAll(List.of(all.index, all.documents))).isPositive();
        Reader reader = new Reader((all.nodes().bytes() + all.packed().bytes()) / 10);
        List<Tree<byte[]>> both = List.of(reader.index, reader.documents);
        assertThat(reader.read(20_000, both)).isPositive();
        assertThat(reader.read(5_000, both)).isBetween(1L, 5_000L);
    }

    @Test
    void what_nobody_asks_for_any_more_makes_room() {
        Reader all = new Reader(ROOMY);
        assertThat(all.readAll(List.of(all.index))).isPositive();
        Reader reader = new Reader(2 * all.nodes().bytes());
        for (int i = 0; i < 20; i++) {
            assertThat(reader.readAll(List.of(reader.documents))).isPositive();
        }
        int rounds = 0;
        while (reader.misses(
                                reader.nodes(),
                                () -> assertThat(reader.readAll(List.of(reader.index)))
                                        .isNotNegative())
                        > 0
                && rounds < 1_000) {
            rounds++;
        }
        assertThat(rounds).isBetween(1, 50);
    }

    @Test
    void one_reading_of_everything_does_not_drive_out_what_is_in_use() {
        Reader all = new Reader(ROOMY);
        assertThat(all.readAll(List.of(all.index))).isPositive();
        Reader reader = new Reader(2 * all.nodes().bytes());
        for (int i = 0; i < 5; i++) {
            assertThat(reader.readAll(List.of(reader.index))).isNotNegative();
        }
        assertThat(reader.readAll(List.of(reader.documents))).isPositive();
        assertThat(reader.readAll(List.of(reader.index))).isZero();
    }

    @Test
    void what_is_asked_for_all_the_time_stays_ready_while_all_else_is_read_once() {
        Reader reader = new Reader(500_000);
        long notReady = 0;
        for (int entry = 0; entry < ENTRIES; entry++) {
            int hot = entry % 480;
            int next = entry;
            notReady += reader.misses(reader.nodes(), () -> reader.expect(reader.index, hot));
            reader.expect(reader.documents, next);
        }
        assertThat(reader.nodes().counts().evictionCount()).isPositive();
        assertThat(notReady).isBetween(20L, 200L);
    }

    @Test
    void a_long_value_weighs_what_it_takes() {
        List<byte[]> values = Collections.nCopies(24, new byte[100_000]);
        List<byte[]> keys = IntStream.range(0, 24).mapToObj(PageCacheTest::key).toList();
        assertThat(HeapBytes.of(Node.leaf(keys, values))).isBetween(2_400_000L, 2_410_000L);
    }

    @Test
    void a_damaged_page_is_not_kept_and_is_refused_each_time() {
        store.damage(index.id());
        Reader reader = new Reader(ROOMY);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> reader.index.get(key(1)))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining(index.id().toString());
        }
        assertThat(reader.pages.damaged()).containsExactly(index.id());
        assertThat(reader.cache.bytes()).isZero();
        store.damage(index.id()); // the same bit again
        assertThat(reader.read(10, List.of(reader.index))).isPositive();
    }

    @Test
    void damage_in_the_store_is_found_though_memory_has_the_page() {
        Reader reader = new Reader(ROOMY);
        assertThat(reader.readAll(List.of(reader.index))).isPositive();
        store.damage(index.id());
        assertThat(reader.read(10, List.of(reader.index))).isZero();
        PageWalk walk = PageWalk.checking(reader.pages);
        walk.add(new StoredTree<>(index, RawBytes.FORMAT));
        assertThat(walk.damaged())
                .singleElement()
                .asString()
                .contains(index.id().toString());
        assertThatThrownBy(() -> reader.pages.stored(index.id())).isInstanceOf(CorruptionException.class);
        Pages others = new Pages(store, reader.cache);
        assertThatThrownBy(() -> others.open(index, RawBytes.FORMAT).get(key(1)))
                .isInstanceOf(CorruptionException.class);
    }
}
