package dev.offshoot.page;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import dev.offshoot.tree.Node;
import dev.offshoot.tree.NodeSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The content of a page: up to 255 nodes of one tree, which were neighbours when they were written. Numbers are varints, seven bits a
 * byte, low ones first, but for single bytes where it says so.
 *
 * <pre>
 * nodes:  the byte 1, the code of the values' format as a byte, number of nodes, the length of each in bytes, then each of them:
 *   leaf:   the byte 1, number of entries;
 *           for each key:   how many bytes it shares with the key before, how many follow, those;
 *           for each value: twice its length, and 1 more when it is spread;
 *           for each value: its bytes; before them, if there are less than 64, how many it shares with the value before, and then
 *                           only the others; or when it is spread the ids of the pages that hold its parts
 *   inner:  the byte 2, number of children;
 *           for each separator, which is one less: as the keys of a leaf;
 *           number of pages that the children are in, and the id of each;
 *           for each child: which of those pages, its slot, and twice the number of entries below it, 1 more when it is spread
 * part:   the byte 3, and up to 4 MiB of a value
 * </pre>
 *
 * A value from 64 KiB on is spread: its bytes lie in pages of their own, so that a page stays small and a long value is not written
 * again for its neighbours' sake.
 */
final class PageFormat {
    static final int SPREAD_BYTES_MIN = 64 << 10;
    static final int PART_BYTES = 4 << 20;

    private static final int SHORT_BYTES_MAX = 63;
    private static final byte NODES = 1;
    private static final byte LEAF = 1;
    private static final byte INNER = 2;
    private static final byte PART = 3;
    private static final byte[] NONE = new byte[0];

    private PageFormat() {}

    /** A node's bytes and whether it is spread. */
    record Written(byte[] bytes, boolean spread) {}

    /**
     * @param values of a leaf, in order; empty for an inner node
     * @param parts keeps the parts of spread values
     */
    static Written write(Node<?> node, List<byte[]> values, Function<byte[], PageId> parts) {
        PageWriter out = new PageWriter();
        out.put(node.isLeaf() ? LEAF : INNER);
        out.number(node.length());
        keys(node, node.isLeaf() ? node.length() : node.length() - 1, out);
        boolean spread = node.isLeaf() ? values(values, parts, out) : children(node, out);
        return new Written(out.toBytes(), spread);
    }

    /** A page of these nodes. */
    static byte[] page(List<Written> nodes, int code) {
        PageWriter out = new PageWriter();
        out.put(NODES);
        out.put((byte) code);
        out.number(nodes.size());
        nodes.forEach(node -> out.number(node.bytes.length));
        nodes.forEach(node -> out.put(node.bytes, 0, node.bytes.length));
        return out.toBytes();
    }

    private static void keys(Node<?> node, int count, PageWriter out) {
        byte[] before = NONE;
        for (int i = 0; i < count; i++) {
            byte[] key = node.key(i);
            int shared = shared(before, key);
            out.number(shared);
            out.number(key.length - shared);
            out.put(key, shared, key.length - shared);
            before = key;
        }
    }

    private static int shared(byte[] one, byte[] other) {
        int length = Math.min(one.length, other.length);
        int at = Arrays.mismatch(one, 0, length, other, 0, length);
        return at < 0 ? length : at;
    }

    private static boolean values(List<byte[]> values, Function<byte[], PageId> parts, PageWriter out) {
        boolean spread = false;
        for (byte[] value : values) {
            boolean far = value.length >= SPREAD_BYTES_MIN;
            spread |= far;
            out.number((long) value.length << 1 | (far ? 1 : 0));
        }
        byte[] before = NONE;
        for (byte[] value : values) {
            if (value.length >= SPREAD_BYTES_MIN) {
                spread(value, parts, out);
            } else if (value.length > SHORT_BYTES_MAX) {
                out.put(value, 0, value.length);
            } else {
                int shared = shared(before, value);
                out.number(shared);
                out.put(value, shared, value.length - shared);
                before = value;
            }
        }
        return spread;
    }

    private static void spread(byte[] value, Function<byte[], PageId> parts, PageWriter out) {
        for (int from = 0; from < value.length; from += PART_BYTES) {
            int length = Math.min(PART_BYTES, value.length - from);
            byte[] part = new byte[1 + length];
            part[0] = PART;
            System.arraycopy(value, from, part, 1, length);
            out.put(parts.apply(part).toBytes(), 0, PageId.BYTES);
        }
    }

    private static boolean children(Node<?> node, PageWriter out) {
        List<PageId> pages = new ArrayList<>();
        for (int i = 0; i < node.length(); i++) {
            PageId id = address(node, i).id();
            if (!pages.contains(id)) {
                pages.add(id);
            }
        }
        out.number(pages.size());
        pages.forEach(id -> out.put(id.toBytes(), 0, PageId.BYTES));
        for (int i = 0; i < node.length(); i++) {
            PageAddress child = address(node, i);
            out.number(pages.indexOf(child.id()));
            out.number(child.slot());
            out.number(node.childSize(i) << 1 | (child.spread() ? 1 : 0));
        }
        return false;
    }

    private static PageAddress address(Node<?> node, int child) {
        Object address = node.childAddress(child);
        if (address == null) {
            throw new AssertionError("child " + child + " of a node has no page");
        }
        return (PageAddress) address;
    }

    /** What a reader makes of a page. */
    interface Reader<R> {
        R leaf(List<byte[]> keys, List<byte[]> values);

        R inner(List<byte[]> separators, List<PageAddress> children, long[] sizes);
    }

    /**
     * Reads all nodes of a page.
     *
     * @param parts answers the parts of spread values, or no bytes when the reader does not want to see values
     * @throws CorruptionException when it is none whose values have this code
     */
    static <R> List<R> read(PageId id, byte[] content, int code, Function<PageId, byte[]> parts, Reader<R> reader) {
        return guarded(id, () -> {
            PageReader in = new PageReader(content);
            int[] lengths = head(id, in, code);
            List<R> nodes = new ArrayList<>(lengths.length);
            for (int length : lengths) {
                nodes.add(node(id, in, length, parts, reader));
            }
            in.requireEnd();
            return nodes;
        });
    }

    /**
     * Reads one node of a page.
     *
     * @param parts answers the parts of spread values, or no bytes when the reader does not want to see values
     * @throws CorruptionException when it is no page whose values have this code, or has no such node
     */
    static <R> R read(PageAddress address, byte[] content, int code, Function<PageId, byte[]> parts, Reader<R> reader) {
        PageId id = address.id();
        return guarded(id, () -> {
            PageReader in = new PageReader(content);
            int[] lengths = head(id, in, code);
            if (address.slot() >= lengths.length) {
                throw new CorruptionException(
                        "page " + id + ": expected more than " + address.slot() + " nodes, found " + lengths.length);
            }
            for (int slot = 0; slot < address.slot(); slot++) {
                in.skip(lengths[slot]);
            }
            return node(id, in, lengths[address.slot()], parts, reader);
        });
    }

    private static <T> T guarded(PageId id, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
            throw new CorruptionException(
                    "page " + id + ": expected nodes, found bytes that are none: " + e.getMessage());
        }
    }

    /** Reads up to the first node, and answers how long each is. */
    private static int[] head(PageId id, PageReader in, int code) {
        byte kind = in.next();
        byte found = in.next();
        if (kind != NODES || found != code) {
            throw new CorruptionException("page " + id + ": expected nodes with values of format " + code
                    + ", found kind " + kind + " with format " + found);
        }
        int[] lengths = new int[in.count()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.toIntExact(in.number());
        }
        return lengths;
    }

    private static <R> R node(PageId id, PageReader in, int length, Function<PageId, byte[]> parts, Reader<R> reader) {
        int end = Math.addExact(in.at(), length);
        R node = node(id, in, parts, reader);
        if (in.at() != end) {
            throw new IllegalArgumentException(
                    "a node of " + length + " bytes that ends at " + in.at() + ", not " + end);
        }
        return node;
    }

    private static <R> R node(PageId id, PageReader in, Function<PageId, byte[]> parts, Reader<R> reader) {
        byte kind = in.next();
        int length = in.count();
        return switch (kind) {
            case LEAF -> leaf(in, length, parts, reader);
            case INNER -> inner(in, length, reader);
            default ->
                throw new CorruptionException("page " + id + ": expected a leaf or an inner node, found " + kind);
        };
    }

    private static <R> R leaf(PageReader in, int length, Function<PageId, byte[]> parts, Reader<R> reader) {
        List<byte[]> keys = keys(in, length);
        long[] lengths = new long[length];
        for (int i = 0; i < length; i++) {
            lengths[i] = in.number();
        }
        List<byte[]> values = new ArrayList<>(length);
        byte[] before = NONE;
        for (long value : lengths) {
            int bytes = Math.toIntExact(value >>> 1);
            if ((value & 1) != 0) {
                values.add(gather(in, bytes, parts));
            } else if (bytes > SHORT_BYTES_MAX) {
                values.add(in.bytes(bytes));
            } else {
                before = in.sharing(before, bytes);
                values.add(before);
            }
        }
        return reader.leaf(keys, values);
    }

    private static byte[] gather(PageReader in, int length, Function<PageId, byte[]> parts) {
        byte[] value = new byte[length];
        for (int at = 0; at < length; at += PART_BYTES) {
            PageId id = PageId.of(in.bytes(PageId.BYTES), 0);
            byte[] part = parts.apply(id);
            int expected = Math.min(PART_BYTES, length - at);
            if (part.length > 0 && (part.length != 1 + expected || part[0] != PART)) {
                throw new CorruptionException(
                        "page " + id + ": expected a part of " + expected + " bytes, found a page of " + part.length);
            }
            if (part.length > 0) {
                System.arraycopy(part, 1, value, at, expected);
            }
        }
        return value;
    }

    private static <R> R inner(PageReader in, int length, Reader<R> reader) {
        List<byte[]> separators = keys(in, length - 1);
        List<PageId> pages = new ArrayList<>();
        for (int left = in.count(); left > 0; left--) {
            pages.add(PageId.of(in.bytes(PageId.BYTES), 0));
        }
        List<PageAddress> children = new ArrayList<>(length);
        long[] sizes = new long[length];
        for (int i = 0; i < length; i++) {
            PageId page = pages.get(Math.toIntExact(in.number()));
            int slot = Math.toIntExact(in.number());
            long size = in.number();
            sizes[i] = size >>> 1;
            children.add(new PageAddress(page, slot, (size & 1) != 0));
        }
        return reader.inner(separators, children, sizes);
    }

    private static List<byte[]> keys(PageReader in, int count) {
        List<byte[]> keys = new ArrayList<>(Math.max(0, count));
        byte[] before = NONE;
        for (int i = 0; i < count; i++) {
            before = in.key(before);
            keys.add(before);
        }
        return keys;
    }

    /** Makes nodes for a tree whose children come from a source. */
    static <V> Reader<Node<V>> nodes(ValueFormat<V> format, Pages pages, NodeSource<V> source) {
        return new Reader<>() {
            @Override
            public Node<V> leaf(List<byte[]> keys, List<byte[]> values) {
                List<V> read = new ArrayList<>(values.size());
                values.forEach(value -> read.add(format.read(value, pages)));
                return Node.leaf(keys, read);
            }

            @Override
            public Node<V> inner(List<byte[]> separators, List<PageAddress> children, long[] sizes) {
                return Node.inner(separators, children, sizes, source);
            }
        };
    }
}
