package dev.offshoot.archive;

import dev.offshoot.store.CorruptionException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint in an archive; written behind its pages, so it is complete when it is there. The content: its LSN (8), the length of the
 * manifest (4), the manifest, the number of packs that it needs (4), and for each the pack's number (4), the length of a set of bits (4) and
 * the set: bit n, of byte n / 8, is 1 when the checkpoint needs page n of the pack.
 *
 * @param needs the pages it needs, by the number of their pack
 */
record CheckpointObject(long lsn, byte[] manifest, SortedMap<Integer, BitSet> needs) {
    private static final String SUFFIX = ".ckpt";
    private static final int DIGITS = 20;

    static String folder(String project) {
        return project + "/checkpoints/";
    }

    static String name(String project, long lsn) {
        return folder(project) + String.format("%020d", lsn) + SUFFIX;
    }

    /** The LSN in a name; 0 when it is not one of ours. */
    static long lsnOf(String project, String name) {
        String rest = name.substring(folder(project).length());
        try {
            return rest.length() == DIGITS + SUFFIX.length() && rest.endsWith(SUFFIX)
                    ? Long.parseLong(rest, 0, DIGITS, 10)
                    : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Which pages of which packs any of these checkpoints needs. */
    static SortedMap<Integer, BitSet> needs(Collection<CheckpointObject> checkpoints) {
        SortedMap<Integer, BitSet> needs = new TreeMap<>();
        for (CheckpointObject checkpoint : checkpoints) {
            checkpoint
                    .needs()
                    .forEach((pack, pages) ->
                            needs.computeIfAbsent(pack, number -> new BitSet()).or(pages));
        }
        return needs;
    }

    byte[] seal() {
        int length = Long.BYTES + 2 * Integer.BYTES + manifest.length;
        for (BitSet pages : needs.values()) {
            length += 2 * Integer.BYTES + (pages.length() + 7) / 8;
        }
        byte[] content = new byte[length];
        ByteBuffer out = Sealed.buffer(content);
        out.putLong(lsn).putInt(manifest.length).put(manifest).putInt(needs.size());
        for (Map.Entry<Integer, BitSet> need : needs.entrySet()) {
            byte[] bits = need.getValue().toByteArray();
            out.putInt(need.getKey()).putInt(bits.length).put(bits);
        }
        return Sealed.seal(Sealed.Kind.CHECKPOINT, content);
    }

    /** @throws CorruptionException when this is not the checkpoint of this LSN */
    static CheckpointObject open(String project, long lsn, byte @Nullable [] bytes) {
        String name = name(project, lsn);
        if (bytes == null) {
            throw Sealed.damaged(name, "expected a checkpoint, found nothing");
        }
        ByteBuffer in = Sealed.buffer(Sealed.open(name, Sealed.Kind.CHECKPOINT, bytes));
        if (in.remaining() < Long.BYTES || in.getLong() != lsn) {
            throw Sealed.damaged(name, "expected the checkpoint of LSN " + lsn + ", found another");
        }
        byte[] manifest = sized(name, in);
        int packs = number(name, in);
        SortedMap<Integer, BitSet> needs = new TreeMap<>();
        for (int i = 0; i < packs; i++) {
            needs.put(number(name, in), BitSet.valueOf(sized(name, in)));
        }
        return new CheckpointObject(lsn, manifest, needs);
    }

    private static byte[] sized(String name, ByteBuffer in) {
        int length = number(name, in);
        if (length < 0 || length > in.remaining()) {
            throw Sealed.damaged(name, "expected " + length + " bytes, found " + in.remaining());
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static int number(String name, ByteBuffer in) {
        if (in.remaining() < Integer.BYTES) {
            throw Sealed.damaged(name, "expected a number, found " + in.remaining() + " bytes");
        }
        return in.getInt();
    }
}
