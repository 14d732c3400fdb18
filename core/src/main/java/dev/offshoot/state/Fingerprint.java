package dev.offshoot.state;

import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What tells whether two collections are the same.
 *
 * @param documents how many there are
 * @param bytes the size of all documents together
 * @param indexEntries how many entries its indexes have together
 * @param hash SHA-256 of name, options, documents, and definitions and entries of all indexes, in hexadecimal
 */
public record Fingerprint(long documents, long bytes, long indexEntries, String hash) {
    /**
     * Reads the whole collection.
     *
     * @param patience called for every entry; what it throws ends this
     */
    static Fingerprint of(CollectionSnapshot collection, Runnable patience) {
        MessageDigest digest = sha256();
        add(digest, collection.name().getBytes(StandardCharsets.UTF_8));
        add(digest, collection.options().toBytes());
        add(digest, collection.documents(), patience);
        long entries = 0;
        for (IndexSnapshot index : collection.indexes()) {
            add(digest, index.spec().toBytes());
            add(digest, index.entries(), patience);
            entries += index.entries().size();
        }
        return new Fingerprint(
                collection.count(),
                collection.dataBytes(),
                entries,
                HexFormat.of().formatHex(digest.digest()));
    }

    private static void add(MessageDigest digest, Tree<byte[]> tree, Runnable patience) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(tree.size()).array());
        Cursor<byte[]> cursor = tree.ascending(null, null);
        while (cursor.next()) {
            patience.run();
            add(digest, cursor.key());
            add(digest, cursor.value());
        }
    }

    private static void add(MessageDigest digest, byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
