package dev.offshoot.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Pages for tests. */
public final class Pages {
    private Pages() {}

    /** So many different pages of up to {@code bytesMax} bytes, by their ids. */
    public static Map<PageId, byte[]> random(int count, int bytesMax, Random random) {
        Map<PageId, byte[]> pages = new LinkedHashMap<>();
        while (pages.size() < count) {
            byte[] bytes = new byte[random.nextInt(bytesMax + 1)];
            random.nextBytes(bytes);
            pages.put(PageId.ofContent(bytes), bytes);
        }
        return pages;
    }

    /** Puts all pages; answers how many were not there. */
    public static int putAll(PageStore store, Map<PageId, byte[]> pages) {
        int added = 0;
        for (Map.Entry<PageId, byte[]> page : pages.entrySet()) {
            added += store.put(page.getKey(), page.getValue()) ? 1 : 0;
        }
        return added;
    }

    /** Checks that each of these pages can be read, byte for byte. */
    public static void assertReadable(PageStore store, Map<PageId, byte[]> pages) {
        for (Map.Entry<PageId, byte[]> page : pages.entrySet()) {
            assertThat(store.has(page.getKey())).as("has %s", page.getKey()).isTrue();
            assertThat(store.get(page.getKey())).isEqualTo(page.getValue());
        }
    }

    /** The ids of all pages of a store; none may be told twice. */
    public static Set<PageId> idsIn(PageStore store) {
        Set<PageId> ids = new TreeSet<>();
        store.forEach(page ->
                assertThat(ids.add(page.id())).as("%s is told once", page.id()).isTrue());
        return ids;
    }
}
