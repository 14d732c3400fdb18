package dev.offshoot.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store promises of its pages. A subclass says how to open one on the same place again and again. */
public abstract class PageStoreContract {
    private static final long HOUR = 3_600_000;
    private static final long SEED = 20_261_121;

    private final Random random = new Random(SEED);
    private final TestClock clock = new TestClock();
    private Store store;
    private PageStore pages;

    /** Opens the store on this test's place, which is empty the first time, with this clock. */
    protected abstract Store open(TestClock clock) throws Exception;

    @BeforeEach
    void open_store() throws Exception {
        store = open(clock);
        pages = store.pages("p1");
    }

    @AfterEach
    void close_store() {
        store.close();
    }

    @Test
    void a_new_store_has_no_pages() {
        PageId id = PageId.ofContent(new byte[] {1});
        assertThat(pages.has(id)).isFalse();
        assertThat(pages.amount()).isEqualTo(PageStore.Amount.NONE);
        assertThat(Pages.idsIn(pages)).isEmpty();
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(() -> pages.get(id))
                .withMessageContaining(id.toString());
    }

    @Test
    void pages_can_be_read_as_soon_as_they_are_put() {
        for (Map.Entry<PageId, byte[]> page : Pages.random(300, 2_000, random).entrySet()) {
            assertThat(pages.put(page.getKey(), page.getValue())).isTrue();
            Pages.assertReadable(pages, Map.of(page.getKey(), page.getValue()));
        }
        assertThat(pages.amount().pages()).isEqualTo(300);
    }

    @Test
    void pages_are_there_after_a_flush_and_reopening() throws Exception {
        Map<PageId, byte[]> all = new LinkedHashMap<>();
        for (int flush = 0; flush < 5; flush++) {
            Map<PageId, byte[]> some = Pages.random(100, 5_000, random);
            Pages.putAll(pages, some);
            pages.flush();
            all.putAll(some);
        }
        Pages.assertReadable(pages, all);
        PageStore.Amount amount = pages.amount();
        reopen();
        Pages.assertReadable(pages, all);
        assertThat(pages.amount()).isEqualTo(amount);
        assertThat(amount.pages()).isEqualTo(all.size());
        assertThat(Pages.idsIn(pages)).isEqualTo(all.keySet());
        assertThat(pages.problems()).isEmpty();
    }

    @Test
    void flushing_nothing_does_nothing() throws Exception {
        pages.flush();
        pages.flush();
        reopen();
        pages.flush();
        assertThat(pages.amount()).isEqualTo(PageStore.Amount.NONE);
    }

    @Test
    void a_page_that_is_there_is_not_stored_again() throws Exception {
        Map<PageId, byte[]> some = Pages.random(50, 500, random);
        assertThat(Pages.putAll(pages, some)).isEqualTo(50);
        PageStore.Amount amount = pages.amount();
        assertThat(Pages.putAll(pages, some)).isZero();
        pages.flush();
        assertThat(Pages.putAll(pages, some)).isZero();
        reopen();
        Pages.putAll(pages, some);
        pages.flush();
        assertThat(pages.amount()).isEqualTo(amount);
        assertThat(Pages.idsIn(pages)).isEqualTo(some.keySet());
    }

    @Test
    void projects_have_pages_of_their_own() {
        Map<PageId, byte[]> some = Pages.random(5, 500, random);
        Pages.putAll(pages, some);
        pages.flush();
        PageStore other = store.pages("p10");
        assertThat(Pages.idsIn(other)).isEmpty();
        PageId id = some.keySet().iterator().next();
        assertThat(other.has(id)).isFalse();
        other.sweep(page -> false, Long.MAX_VALUE, false);
        Pages.assertReadable(pages, some);
    }

    @Test
    void an_empty_page_and_a_large_one_come_back() throws Exception {
        Map<PageId, byte[]> some = new LinkedHashMap<>();
        for (int length : new int[] {0, 1, 3_000_000, 12_000_000}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            some.put(PageId.ofContent(bytes), bytes);
        }
        Pages.putAll(pages, some);
        pages.flush();
        reopen();
        Pages.assertReadable(pages, some);
    }

    @Test
    void a_page_above_32_mib_is_refused() {
        byte[] bytes = new byte[(32 << 20) + 1];
        assertThatIllegalArgumentException().isThrownBy(() -> pages.put(PageId.ofContent(bytes), bytes));
    }

    @Test
    void a_sweep_takes_old_pages_that_nothing_reaches() throws Exception {
        Map<PageId, byte[]> kept = Pages.random(60, 2_000, random);
        Map<PageId, byte[]> garbage = Pages.random(90, 2_000, random);
        Pages.putAll(pages, kept);
        Pages.putAll(pages, garbage);
        pages.flush();
        long later = clock.advance(HOUR);
        PageStore.Amount before = pages.amount();
        PageStore.Amount would = pages.sweep(kept::containsKey, later, true);
        assertThat(would.pages()).isEqualTo(garbage.size());
        assertThat(pages.amount()).isEqualTo(before);
        Pages.assertReadable(pages, garbage);
        assertThat(pages.sweep(kept::containsKey, later, false)).isEqualTo(would);
        assertThat(pages.amount().plus(would)).isEqualTo(before);
        assertSwept(kept, garbage);
        assertThat(pages.sweep(kept::containsKey, later, false)).isEqualTo(PageStore.Amount.NONE);
        reopen();
        assertSwept(kept, garbage);
    }

    @Test
    void a_sweep_asks_for_pages_once_each() {
        Map<PageId, byte[]> some = Pages.random(80, 100, random);
        Pages.putAll(pages, some);
        pages.flush();
        List<PageId> asked = new ArrayList<>();
        pages.sweep(
                id -> {
                    asked.add(id);
                    return true;
                },
                clock.advance(HOUR),
                false);
        assertThat(asked).containsExactlyInAnyOrderElementsOf(some.keySet());
        Pages.assertReadable(pages, some);
    }

    @Test
    void a_sweep_leaves_young_pages() throws Exception {
        Map<PageId, byte[]> some = Pages.random(20, 500, random);
        Pages.putAll(pages, some);
        pages.flush();
        long put = clock.millis();
        assertThat(pages.sweep(id -> false, put, false)).isEqualTo(PageStore.Amount.NONE);
        clock.advance(HOUR);
        reopen();
        assertThat(pages.sweep(id -> false, put, false)).isEqualTo(PageStore.Amount.NONE);
        Pages.assertReadable(pages, some);
    }

    @Test
    void putting_a_page_again_renews_its_mark() {
        Map<PageId, byte[]> some = Pages.random(40, 500, random);
        Pages.putAll(pages, some);
        pages.flush();
        long later = clock.advance(HOUR);
        Map<PageId, byte[]> renewed = new LinkedHashMap<>(some);
        renewed.keySet().retainAll(Set.copyOf(new ArrayList<>(some.keySet()).subList(0, 15)));
        Pages.putAll(pages, renewed);
        pages.flush();
        assertThat(pages.sweep(id -> false, later, false).pages()).isEqualTo(25);
        Pages.assertReadable(pages, renewed);
        assertThat(Pages.idsIn(pages)).isEqualTo(renewed.keySet());
    }

    @Test
    void a_page_that_is_put_while_a_sweep_looks_at_it_stays() {
        Map<PageId, byte[]> some = Pages.random(10, 500, random);
        Pages.putAll(pages, some);
        pages.flush();
        long later = clock.advance(HOUR);
        Map.Entry<PageId, byte[]> first = some.entrySet().iterator().next();
        PageId chosen = first.getKey();
        byte[] bytes = first.getValue();
        PageStore.Amount removed = pages.sweep(
                id -> {
                    if (id.equals(chosen)) {
                        pages.put(id, bytes);
                        pages.flush();
                    }
                    return false;
                },
                later,
                false);
        assertThat(removed.pages()).isEqualTo(9);
        Pages.assertReadable(pages, Map.of(chosen, bytes));
    }

    @Test
    void a_swept_page_can_be_put_again() throws Exception {
        Map<PageId, byte[]> some = Pages.random(30, 500, random);
        for (int round = 0; round < 3; round++) {
            assertThat(Pages.putAll(pages, some)).isEqualTo(30);
            pages.flush();
            Pages.assertReadable(pages, some);
            assertThat(pages.sweep(id -> false, clock.advance(HOUR), false).pages())
                    .isEqualTo(30);
            assertThat(pages.amount()).isEqualTo(PageStore.Amount.NONE);
        }
        Pages.putAll(pages, some);
        pages.flush();
        reopen();
        Pages.assertReadable(pages, some);
    }

    @Test
    void readers_find_pages_while_others_are_put_and_swept() throws Exception {
        Map<PageId, byte[]> kept = Pages.random(200, 1_000, random);
        Pages.putAll(pages, kept);
        pages.flush();
        AtomicBoolean swept = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (int reader = 0; reader < 3; reader++) {
                running.add(readers.submit(() -> readUntil(swept::get, kept)));
            }
            for (int round = 0; round < 10; round++) {
                Pages.putAll(pages, Pages.random(220, 1_000, random));
                pages.flush();
                assertThat(pages.sweep(kept::containsKey, clock.advance(HOUR), false)
                                .pages())
                        .isPositive();
            }
            swept.set(true);
            for (Future<Integer> reader : running) {
                assertThat(reader.get()).isPositive();
            }
        } finally {
            swept.set(true);
            readers.shutdownNow();
        }
        assertThat(Pages.idsIn(pages)).isEqualTo(kept.keySet());
    }

    @Test
    void a_closed_store_says_so() {
        store.close();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> pages.put(PageId.ofContent(new byte[1]), new byte[1]))
                .withMessageContaining("closed");
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> pages.flush());
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> pages.has(PageId.ofContent(new byte[1])));
    }

    /** The clock of the store. */
    protected TestClock clock() {
        return clock;
    }

    private int readUntil(BooleanSupplier over, Map<PageId, byte[]> kept) {
        List<PageId> ids = List.copyOf(kept.keySet());
        Random chance = new Random(SEED);
        int read = 0;
        do {
            PageId id = ids.get(chance.nextInt(ids.size()));
            assertThat(pages.get(id)).isEqualTo(kept.get(id));
            read++;
        } while (!over.getAsBoolean());
        return read;
    }

    private void assertSwept(Map<PageId, byte[]> kept, Map<PageId, byte[]> garbage) {
        Pages.assertReadable(pages, kept);
        assertThat(Pages.idsIn(pages)).isEqualTo(kept.keySet());
        for (PageId id : garbage.keySet()) {
            assertThat(pages.has(id)).isFalse();
            assertThatExceptionOfType(CorruptionException.class).isThrownBy(() -> pages.get(id));
        }
    }

    private void reopen() throws Exception {
        store.close();
        store = open(clock);
        pages = store.pages("p1");
    }
}
