package dev.offshoot.archive.file;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * All objects of an archive in one file, each behind the other. Numbers have their low bytes first.
 *
 * <pre>
 * file:   OFBUNDLE, version 1 (4), 0 (4); entries; the index and its place, when it was finished
 * entry:  magic OFBE (4), length of the name (4), length of the bytes (8), CRC32C of these and of the name (4); name; bytes; CRC32C of the bytes (4)
 * index:  an entry with an empty name: number of entries (4); for each the place of its bytes (8), their length (8), the length of its name (4), name
 * end:    magic OFBX (4), place of the index (8), CRC32C of these 12 bytes (4)
 * </pre>
 *
 * A file without an end, as a crash leaves it, is read from its beginning up to the first entry that is not whole; what follows is
 * cut when it is opened to go on. Of two entries with a name the later counts. Not thread safe.
 */
public final class BundleBlobs implements BlobStore {
    private static final byte[] MAGIC = "OFBUNDLE".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int START_BYTES = 16;
    private static final int ENTRY_MAGIC = 'O' | 'F' << 8 | 'B' << 16 | 'E' << 24;
    private static final int END_MAGIC = 'O' | 'F' << 8 | 'B' << 16 | 'X' << 24;
    private static final int HEAD_BYTES = 20;
    private static final int CRC_AT = 16;
    private static final int END_BYTES = 16;
    private static final int NAME_BYTES_MAX = 4096;
    private static final int COPY_BYTES = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final boolean writable;
    private final TreeMap<String, Place> places = new TreeMap<>();
    private long end;
    private boolean changed;

    /** Where the bytes of an object are in the file. */
    private record Place(long at, long length) {}

    private BundleBlobs(Path file, FileChannel channel, boolean writable) {
        this.file = file;
        this.channel = channel;
        this.writable = writable;
    }

    /**
     * Opens a bundle to read it.
     *
     * @throws StoreException when there is no such file, or it is none
     */
    public static BundleBlobs open(Path file) {
        return open(file, false);
    }

    /** Begins a bundle, or goes on with one: its index is written when it is {@linkplain #close closed}. */
    public static BundleBlobs openOrCreate(Path file) {
        return open(file, true);
    }

    private static BundleBlobs open(Path file, boolean writable) {
        try {
            FileChannel channel = writable
                    ? FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    : FileChannel.open(file);
            BundleBlobs bundle = new BundleBlobs(file, channel, writable);
            try {
                bundle.load();
                return bundle;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed("cannot open the bundle " + file, e);
        }
    }

    private void load() throws IOException {
        byte[] begun = read(0, (int) Math.min(channel.size(), START_BYTES - 1));
        if (writable && channel.size() < START_BYTES && begun != null && isBeginning(begun)) {
            byte[] start = new byte[START_BYTES];
            in(start).put(MAGIC).putInt(VERSION);
            channel.truncate(0);
            end = write(start, 0);
            return;
        }
        byte[] start = read(0, START_BYTES);
        if (start == null
                || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                || in(start).getInt(MAGIC.length) != VERSION) {
            throw new StoreException(
                    file + " is not a bundle of this version; name another file, or another Offshoot wrote it", null);
        }
        if (!loadIndex()) {
            scan();
        }
        if (writable && channel.size() > end) {
            channel.truncate(end);
            changed = true;
        }
    }

    /** Whether these are the first bytes of a bundle that a crash cut short, or no bytes at all. */
    private static boolean isBeginning(byte[] bytes) {
        byte[] start = new byte[START_BYTES];
        in(start).put(MAGIC).putInt(VERSION);
        return Arrays.equals(bytes, Arrays.copyOf(start, bytes.length));
    }

    private boolean loadIndex() throws IOException {
        byte[] tail = channel.size() < START_BYTES + END_BYTES ? null : read(channel.size() - END_BYTES, END_BYTES);
        if (tail == null || in(tail).getInt() != END_MAGIC || in(tail).getInt(12) != crc(tail, 12)) {
            return false;
        }
        long at = in(tail).getLong(4);
        Entry entry = entry(at);
        if (entry == null || !entry.name.isEmpty()) {
            return false;
        }
        byte[] bytes = bytes(entry.place);
        if (bytes == null) {
            return false;
        }
        ByteBuffer in = in(bytes);
        for (int rest = in.getInt(); rest > 0; rest--) {
            Place place = new Place(in.getLong(), in.getLong());
            byte[] name = new byte[in.getInt()];
            in.get(name);
            places.put(new String(name, StandardCharsets.UTF_8), place);
        }
        end = at;
        return true;
    }

    private void scan() throws IOException {
        end = START_BYTES;
        for (Entry entry = entry(end); entry != null && isWhole(entry.place); entry = entry(end)) {
            if (!entry.name.isEmpty()) {
                places.put(entry.name, entry.place);
            }
            end = entry.place.at + entry.place.length + Integer.BYTES;
        }
    }

    private record Entry(String name, Place place) {}

    /** The entry that begins here; null when there is none. */
    private @Nullable Entry entry(long at) throws IOException {
        byte[] head = read(at, HEAD_BYTES);
        if (head == null || in(head).getInt() != ENTRY_MAGIC) {
            return null;
        }
        int nameLength = in(head).getInt(4);
        long length = in(head).getLong(8);
        byte[] name = nameLength < 0 || nameLength > NAME_BYTES_MAX ? null : read(at + HEAD_BYTES, nameLength);
        if (name == null || length < 0 || in(head).getInt(CRC_AT) != crcOfHead(head, name)) {
            return null;
        }
        return new Entry(new String(name, StandardCharsets.UTF_8), new Place(at + HEAD_BYTES + nameLength, length));
    }

    private static int crcOfHead(byte[] head, byte[] name) {
        CRC32C crc = new CRC32C();
        crc.update(head, 0, CRC_AT);
        crc.update(name);
        return (int) crc.getValue();
    }

    private boolean isWhole(Place place) throws IOException {
        if (place.at + place.length + Integer.BYTES > channel.size()) {
            return false;
        }
        CRC32C crc = new CRC32C();
        for (long done = 0; done < place.length; done += COPY_BYTES) {
            byte[] part = read(place.at + done, (int) Math.min(COPY_BYTES, place.length - done));
            if (part == null) {
                return false;
            }
            crc.update(part);
        }
        byte[] expected = read(place.at + place.length, Integer.BYTES);
        return expected != null && in(expected).getInt() == (int) crc.getValue();
    }

    /** The bytes at a place; null when they are not whole. */
    private byte @Nullable [] bytes(Place place) throws IOException {
        if (place.length > Integer.MAX_VALUE - 64 || place.at + place.length + Integer.BYTES > channel.size()) {
            return null;
        }
        byte[] bytes = read(place.at, (int) place.length);
        byte[] expected = read(place.at + place.length, Integer.BYTES);
        return bytes == null || expected == null || in(expected).getInt() != crc(bytes, bytes.length) ? null : bytes;
    }

    @Override
    public void put(String name, byte[] bytes) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        if (name.isEmpty() || utf8.length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException("'" + name + "' is not the name of an object");
        }
        try {
            Place place = append(utf8, bytes);
            channel.force(false);
            end = place.at + place.length + Integer.BYTES;
            places.put(name, place);
            changed = true;
        } catch (IOException e) {
            throw failed("cannot write to the bundle " + file, e);
        }
    }

    private Place append(byte[] name, byte[] bytes) throws IOException {
        byte[] head = new byte[HEAD_BYTES];
        in(head).putInt(ENTRY_MAGIC).putInt(name.length).putLong(bytes.length);
        in(head).putInt(CRC_AT, crcOfHead(head, name));
        long at = write(head, end);
        at = write(name, at);
        Place place = new Place(at, bytes.length);
        at = write(bytes, at);
        byte[] crc = new byte[Integer.BYTES];
        in(crc).putInt(crc(bytes, bytes.length));
        long unused = write(crc, at);
        return place;
    }

    @Override
    public byte @Nullable [] get(String name) {
        Place place = places.get(name);
        if (place == null) {
            return null;
        }
        try {
            byte[] bytes = bytes(place);
            if (bytes == null) {
                throw new CorruptionException("the bundle " + file + " at offset " + place.at + ": expected "
                        + place.length + " bytes of " + name + " with their checksum, found others; export it again");
            }
            return bytes;
        } catch (IOException e) {
            throw failed("cannot read the bundle " + file, e);
        }
    }

    @Override
    public SortedMap<String, Long> sizes(String prefix) {
        SortedMap<String, Long> sizes = new TreeMap<>();
        for (Map.Entry<String, Place> object : places.tailMap(prefix, true).entrySet()) {
            if (!object.getKey().startsWith(prefix)) {
                break;
            }
            sizes.put(object.getKey(), object.getValue().length());
        }
        return sizes;
    }

    /** A bundle only grows. */
    @Override
    public void delete(String name) {
        throw new StoreException("nothing can be removed from the bundle " + file + "; export to another file", null);
    }

    @Override
    public String describe() {
        return "the bundle " + file;
    }

    /** Writes the index, when something was put. */
    @Override
    public void close() {
        try (channel) {
            if (writable && (changed || places.isEmpty())) {
                writeIndex();
            }
        } catch (IOException e) {
            throw failed("cannot finish the bundle " + file, e);
        }
    }

    private void writeIndex() throws IOException {
        int length = Integer.BYTES;
        for (String name : places.keySet()) {
            length += 2 * Long.BYTES + Integer.BYTES + name.getBytes(StandardCharsets.UTF_8).length;
        }
        byte[] content = new byte[length];
        ByteBuffer index = in(content).putInt(places.size());
        for (Map.Entry<String, Place> entry : places.entrySet()) {
            byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
            index.putLong(entry.getValue().at)
                    .putLong(entry.getValue().length)
                    .putInt(name.length)
                    .put(name);
        }
        Place place = append(new byte[0], content);
        byte[] tail = new byte[END_BYTES];
        in(tail).putInt(END_MAGIC).putLong(end);
        in(tail).putInt(12, crc(tail, 12));
        long unused = write(tail, place.at + place.length + Integer.BYTES);
        channel.force(true);
    }

    private static ByteBuffer in(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /** As many bytes, or null when the file ends before. */
    private byte @Nullable [] read(long at, int length) throws IOException {
        byte[] bytes = new byte[length];
        ByteBuffer into = ByteBuffer.wrap(bytes);
        while (into.hasRemaining()) {
            if (channel.read(into, at + into.position()) < 0) {
                return null;
            }
        }
        return bytes;
    }

    /** Answers where the bytes end. */
    private long write(byte[] bytes, long at) throws IOException {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        while (from.hasRemaining()) {
            channel.write(from, at + from.position());
        }
        return at + bytes.length;
    }

    private static StoreException failed(String what, IOException cause) {
        return new StoreException(what + ": " + cause + "; check the disk and its rights, then do it again", cause);
    }
}
