package dev.offshoot.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.MemoryPageStore;
import dev.offshoot.store.PageId;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Editor;
import dev.offshoot.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Trees into pages and back. */
final class PageFormatTest {
    private static final int TREES = 60;

    private final MemoryPageStore store = new MemoryPageStore();
    private final Pages pages = new Pages(store, new PageCache(1 << 10));

    @Test
    void a_page_has_the_bytes_of_the_worked_example() {
        Tree<byte[]> tree =
                Tree.<byte[]>empty().put(ascii("aa"), new byte[] {1, 2}).put(ascii("ab"), new byte[] {1, 3});
        PageRoot root = pages.store(tree, RawBytes.FORMAT);
        assertThat(HexFormat.ofDelimiter(" ").formatHex(pages.content(root.id())))
                .isEqualTo("01 01 01 10 01 02 00 02 61 61 01 01 62 04 04 00 01 02 01 03");
    }

    @Test
    void random_trees_come_back_as_they_were() {
        long longValues = 0;
        for (int seed = 1; seed <= TREES; seed++) {
            Random random = new Random(seed);
            TreeMap<String, byte[]> model = new TreeMap<>();
            Editor<byte[]> editor = Tree.<byte[]>empty().edit();
            Tree<byte[]> stored = editor.build();
            int steps = 1 + random.nextInt(1500);
            for (int i = 0; i < steps; i++) {
                String key = Integer.toString(random.nextInt(5000), 36);
                if (random.nextInt(5) == 0) {
                    model.remove(key);
                    editor.remove(ascii(key));
                } else {
                    byte[] value = value(random);
                    longValues += value.length >= PageFormat.SPREAD_BYTES_MIN ? 1 : 0;
                    model.put(key, value);
                    editor.put(ascii(key), value);
                }
                if (random.nextInt(700) == 0) {
                    stored = pages.open(pages.store(editor.build(), RawBytes.FORMAT), RawBytes.FORMAT);
                    editor = stored.edit();
                }
            }
            PageRoot root =
                    PageRoot.of(pages.store(editor.build(), RawBytes.FORMAT).toBytes());
            check(new Pages(store, new PageCache(1 << 10)).open(root, RawBytes.FORMAT), model, seed);
        }
        assertThat(longValues).isGreaterThan(50);
    }

    private static byte[] value(Random random) {
        int length = random.nextInt(100);
        if (random.nextInt(500) == 0) {
            length = PageFormat.SPREAD_BYTES_MIN - 1 + random.nextInt(3) + random.nextInt(2) * PageFormat.PART_BYTES;
        }
        byte[] value = new byte[length];
        random.nextBytes(value);
        return value;
    }

    private static void check(Tree<byte[]> tree, Map<String, byte[]> model, int seed) {
        tree.check();
        assertThat(tree.size()).as("seed %s", seed).isEqualTo(model.size());
        Cursor<byte[]> cursor = tree.ascending(null, null);
        for (var entry : model.entrySet()) {
            assertThat(cursor.next()).as("seed %s", seed).isTrue();
            assertThat(new String(cursor.key(), StandardCharsets.US_ASCII)).isEqualTo(entry.getKey());
            assertThat(cursor.value()).as("seed %s", seed).isEqualTo(entry.getValue());
        }
    }

    @Test
    void a_walk_reaches_every_page_of_a_tree_and_no_other() {
        Random random = new Random(7);
        Editor<byte[]> editor = Tree.<byte[]>empty().edit();
        for (int i = 0; i < 4000; i++) {
            editor.put(ascii(Integer.toString(random.nextInt(9000), 36)), value(random));
        }
        PageRoot root = pages.store(editor.build(), RawBytes.FORMAT);
        PageId other = PageId.ofContent(new byte[] {1});
        store.put(other, new byte[] {0, 1});
        for (PageWalk walk : new PageWalk[] {PageWalk.reaching(pages), PageWalk.checking(pages)}) {
            walk.add(new StoredTree<>(root, RawBytes.FORMAT));
            assertThat(walk.damaged()).isEmpty();
            assertThat(walk.reached().contains(other)).isFalse();
            store.forEach(entry -> assertThat(
                            entry.id().equals(other) || walk.reached().contains(entry.id()))
                    .isTrue());
        }
    }

    @Test
    void every_bit_and_every_length_of_a_stored_page_is_checked() {
        Tree<byte[]> tree = Tree.empty();
        for (int i = 0; i < 20; i++) {
            tree = tree.put(ascii("key" + i), ascii("the value of key " + i));
        }
        PageId id = pages.store(tree, RawBytes.FORMAT).id();
        byte[] packed = store.get(id);
        try (PageCompression compression = new PageCompression()) {
            assertThat(compression.unpack(id, packed)).isNotEmpty();
            for (int bit = 0; bit < 8 * packed.length; bit++) {
                byte[] flipped = packed.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                refused(compression, id, flipped, pages.content(id));
            }
            for (int length = 0; length < packed.length; length++) {
                refused(compression, id, Arrays.copyOf(packed, length), pages.content(id));
            }
        }
    }

    /** A flip may hit what zstd does not look at; then the content is what it was. */
    private static void refused(PageCompression compression, PageId id, byte[] packed, byte[] content) {
        try {
            assertThat(compression.unpack(id, packed)).isEqualTo(content);
        } catch (CorruptionException e) {
            assertThat(e).hasMessageContaining(id.toString());
        }
    }

    @Test
    void bytes_that_are_no_page_are_refused() {
        for (String hex :
                new String[] {"", "01", "0101", "010101", "01010101", "02010101010100", "0101010202ff", "01020100"}) {
            byte[] content = HexFormat.of().parseHex(hex);
            PageId id = PageId.ofContent(content);
            byte[] packed = new byte[content.length + 1];
            System.arraycopy(content, 0, packed, 1, content.length);
            store.put(id, packed);
            Tree<byte[]> tree = pages.open(new PageRoot(id, 0, false, 0, 1), RawBytes.FORMAT);
            assertThatThrownBy(() -> tree.get(ascii("a"))).as(hex).isInstanceOf(CorruptionException.class);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
