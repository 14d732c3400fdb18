package dev.offshoot.store.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A disk that behaves as badly as disks may: it fails calls on demand, fills up, takes its time, forgets at a power cut any part of what
 * was not synced, in any order, and after a failed sync believes that everything is written. It never really syncs.
 */
public final class HostileDisk implements Disk {
    private static final int SECTOR_BYTES = 16;
    private static final long ENDLESS = Long.MAX_VALUE / 2;

    /** What it does to those who trust it. */
    public enum Fault {
        /** A write that was not synced is gone. */
        DROPPED,
        /** Of a write that was not synced, some is there and some is not. */
        TORN,
        /** A later write is there and an earlier one is not. */
        REORDERED,
        /** A file whose folder was not synced is gone. */
        NAME_LOST,
        /** A file that was deleted is there again. */
        DELETION_UNDONE,
        /** A file that was renamed has its old name again. */
        RENAMING_UNDONE,
        OPEN_FAILED,
        WRITE_FAILED,
        /** A write found no more room. */
        FULL,
        FORCE_FAILED,
        TRUNCATE_FAILED,
        DELETE_FAILED,
        RENAME_FAILED,
        FOLDER_FAILED,
        READ_FAILED,
        /** A bit of what was durable is another. */
        ROTTEN,
        /** Something else happened while a sync was under way. */
        SLOW,
        /** Everything failed from some call on, until the power was cut. */
        OFF
    }

    private final LocalDisk disk = new LocalDisk();
    private final Map<Path, Content> contents = new TreeMap<>();
    private final Set<Path> unsyncedNames = new HashSet<>();
    private final Map<Path, Path> unsyncedRenames = new LinkedHashMap<>();
    private final Map<Path, byte[]> unsyncedDeletions = new LinkedHashMap<>();
    private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
    private int writesUntilFailure;
    private int forcesUntilFailure;
    private int truncatesUntilFailure;
    private int callsUntilFailure;
    private int callsUntilOff;
    private int calls;
    private final AtomicInteger readsUntilFailure = new AtomicInteger();
    private final AtomicInteger failedReads = new AtomicInteger();
    private final AtomicInteger openToRead = new AtomicInteger();
    private int forcesUntilSlow;
    private Runnable meanwhile = () -> {};
    private boolean off;
    private long room = ENDLESS;
    private int life;

    /** A write that was not synced. */
    private record Write(int from, int to) {}

    /** What would be there after a power cut, and what was written since. */
    private static final class Content {
        private byte[] durable;
        private final List<Write> unsynced = new ArrayList<>();

        Content(byte[] durable) {
            this.durable = durable;
        }
    }

    /** The n-th write from now on writes half and fails; 0 for none. */
    public void failWrite(int n) {
        writesUntilFailure = n;
    }

    public void failForce(int n) {
        forcesUntilFailure = n;
    }

    public void failTruncate(int n) {
        truncatesUntilFailure = n;
    }

    /** The n-th call of any kind that changes something fails. */
    public void failCall(int n) {
        callsUntilFailure = n;
    }

    /** From the n-th call on that changes something all fail, as if the process had died there. */
    public void failFrom(int n) {
        callsUntilOff = n;
    }

    /** As {@link #failCall} where those behind it go on, as {@link #failFrom} where not. */
    void fail(int n, boolean goesOn) {
        if (goesOn) {
            failCall(n);
        } else {
            failFrom(n);
        }
    }

    /** The n-th read from now on fails. */
    public void failRead(int n) {
        readsUntilFailure.set(n);
    }

    /** Ends what {@link #fail} began. */
    void heal() {
        off = false;
        callsUntilOff = 0;
        callsUntilFailure = 0;
    }

    /** How many files are open to read. */
    int openToReadNow() {
        return openToRead.get();
    }

    /** How many calls there were that change something. */
    int calls() {
        return calls;
    }

    /** Files may grow by so many bytes more. */
    public void fillUp(long bytes) {
        room = bytes;
    }

    /** Files may grow again. */
    public void makeRoom() {
        room = ENDLESS;
    }

    /** During the n-th sync from now on this happens. */
    void slowForce(int n, Runnable happens) {
        forcesUntilSlow = n;
        meanwhile = happens;
    }

    /** From now on nothing more is asked for. */
    public void calm() {
        heal();
        writesUntilFailure = 0;
        forcesUntilFailure = 0;
        truncatesUntilFailure = 0;
        forcesUntilSlow = 0;
        readsUntilFailure.set(0);
        makeRoom();
    }

    /** How many calls failed. */
    int faults() {
        return fired.entrySet().stream()
                .filter(e -> e.getKey().compareTo(Fault.OPEN_FAILED) >= 0 && e.getKey() != Fault.SLOW)
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /** How often each happened. */
    public Map<Fault, Integer> fired() {
        int reads = failedReads.getAndSet(0);
        if (reads > 0) {
            fired.merge(Fault.READ_FAILED, reads, Integer::sum);
        }
        return fired;
    }

    /** A store in a folder of this disk. */
    public FileStore store(Path folder, FileStoreOptions options) {
        return FileStore.open(this, folder, options);
    }

    /** Flips a bit of a file that nobody has open. */
    public void rot(Path file, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            overwrite(file, bytes);
            contents.put(file, new Content(bytes));
            fire(Fault.ROTTEN);
        }
    }

    /** Turns the power off and on: of what was not synced, any sectors are lost, and any names. What was open stays dead. */
    public void powerCut(Random random) throws IOException {
        life++;
        off = false;
        undoDeletions(random);
        undoRenamings(random);
        for (Map.Entry<Path, Content> entry : contents.entrySet()) {
            Path file = entry.getKey();
            if (unsyncedNames.contains(file) && random.nextBoolean()) {
                Files.deleteIfExists(file);
                fire(Fault.NAME_LOST);
            } else {
                byte[] left = leftOf(entry.getValue(), Files.readAllBytes(file), random);
                overwrite(file, left);
                entry.getValue().durable = left;
                entry.getValue().unsynced.clear();
            }
        }
        contents.keySet().removeIf(Files::notExists);
        unsyncedNames.clear();
    }

    /** In place: a file system may sync a file that is written anew from its beginning, which takes long. */
    private void overwrite(Path file, byte[] bytes) throws IOException {
        try (DiskFile real = disk.open(file)) {
            real.write(0, bytes, 0, bytes.length);
            real.truncate(bytes.length);
        }
    }

    private void undoDeletions(Random random) throws IOException {
        for (Map.Entry<Path, byte[]> deleted : unsyncedDeletions.entrySet()) {
            if (random.nextBoolean() && Files.notExists(deleted.getKey())) {
                Files.createDirectories(deleted.getKey().getParent());
                Files.write(deleted.getKey(), deleted.getValue());
                contents.put(deleted.getKey(), new Content(deleted.getValue()));
                fire(Fault.DELETION_UNDONE);
            }
        }
        unsyncedDeletions.clear();
    }

    private void undoRenamings(Random random) throws IOException {
        for (Map.Entry<Path, Path> renamed : unsyncedRenames.entrySet()) {
            if (random.nextBoolean() && Files.exists(renamed.getKey())) {
                move(renamed.getKey(), renamed.getValue());
                fire(Fault.RENAMING_UNDONE);
            }
        }
        unsyncedRenames.clear();
    }

    private void move(Path from, Path to) throws IOException {
        disk.rename(from, to);
        Content content = contents.remove(from);
        if (content != null) {
            contents.put(to, content);
        }
        if (unsyncedNames.remove(from)) {
            unsyncedNames.add(to);
        }
    }

    private byte[] leftOf(Content content, byte[] current, Random random) {
        int size = random.nextBoolean() ? current.length : content.durable.length;
        if (current.length > content.durable.length) {
            size = content.durable.length + random.nextInt(current.length - content.durable.length + 1);
        }
        BitSet kept = new BitSet();
        int keptOf100 = new int[] {0, 50, 90, 100}[random.nextInt(4)];
        boolean whole = random.nextBoolean();
        for (Write write : content.unsynced) {
            boolean keep = random.nextInt(100) < keptOf100;
            for (int i = write.from; i < write.to; i++) {
                keep = (whole || i % SECTOR_BYTES != 0) ? keep : random.nextInt(100) < keptOf100;
                kept.set(i, keep);
            }
        }
        byte[] left = Arrays.copyOf(content.durable, size);
        kept.clear(Math.min(size, current.length), Integer.MAX_VALUE);
        for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
            left[i] = current[i];
        }
        count(content.unsynced, kept);
        return left;
    }

    private void count(List<Write> writes, BitSet kept) {
        boolean lost = false;
        for (Write write : writes) {
            int there = kept.get(write.from, write.to).cardinality();
            if (there > 0 && lost) {
                fire(Fault.REORDERED);
            }
            if (there < write.to - write.from) {
                lost = true;
                fire(there == 0 ? Fault.DROPPED : Fault.TORN);
            }
        }
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        call(Fault.OPEN_FAILED, "Input/output error");
        boolean isNew = Files.notExists(file);
        if (isNew) {
            unsyncedNames.add(file);
        }
        DiskFile real = disk.open(file);
        Content content = contents.get(file);
        if (content == null) {
            content = new Content(isNew ? new byte[0] : Files.readAllBytes(file));
            contents.put(file, content);
        }
        return new HostileFile(real, content);
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        DiskFile real = disk.openToRead(file);
        openToRead.incrementAndGet();
        return new ReadFile(real);
    }

    /** May be undone by a power cut until the folder is forced. */
    @Override
    public void rename(Path from, Path to) throws IOException {
        call(Fault.RENAME_FAILED, "Input/output error");
        move(from, to);
        unsyncedRenames.put(to, from);
    }

    /** May be undone by a power cut until the folder is forced. */
    @Override
    public void delete(Path file) throws IOException {
        call(Fault.DELETE_FAILED, "Operation not permitted");
        if (Files.notExists(file) || Files.isDirectory(file)) {
            disk.delete(file); // a power cut brings only files back
            return;
        }
        Content content = contents.remove(file);
        byte[] durable = content == null ? Files.readAllBytes(file) : content.durable;
        if (!unsyncedNames.remove(file)) {
            unsyncedDeletions.put(file, durable);
        }
        unsyncedRenames.remove(file);
        room += Files.size(file);
        Files.delete(file);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        call(Fault.FOLDER_FAILED, "Input/output error");
        unsyncedNames.removeIf(file -> folder.equals(file.getParent()));
        unsyncedRenames.keySet().removeIf(file -> folder.equals(file.getParent()));
        unsyncedDeletions.keySet().removeIf(file -> folder.equals(file.getParent()));
    }

    private void fire(Fault fault) {
        fired.merge(fault, 1, Integer::sum);
    }

    private void call(Fault kind, String message) throws IOException {
        String failure = failure(kind, message);
        if (failure != null) {
            throw new IOException(failure);
        }
    }

    /** Why the call that begins now fails, if it does. */
    private @Nullable String failure(Fault kind, String message) {
        calls++;
        if (--callsUntilOff == 0) {
            off = true;
            fire(Fault.OFF);
        }
        if (off) {
            return "the power is off";
        }
        if (--callsUntilFailure == 0) {
            fire(kind);
            return message;
        }
        return null;
    }

    private void checkReadable() throws IOException {
        if (readsUntilFailure.get() > 0 && readsUntilFailure.decrementAndGet() == 0) {
            failedReads.incrementAndGet();
            throw new IOException("Input/output error");
        }
    }

    /** A file that is counted while it is open. */
    private final class ReadFile implements DiskFile {
        private final DiskFile real;

        ReadFile(DiskFile real) {
            this.real = real;
        }

        @Override
        public void write(long position, byte[] bytes, int offset, int length) {
            throw new AssertionError("opened to read");
        }

        @Override
        public int read(long position, byte[] bytes, int offset, int length) throws IOException {
            checkReadable();
            return real.read(position, bytes, offset, length);
        }

        @Override
        public void force() {
            throw new AssertionError("opened to read");
        }

        @Override
        public void truncate(long size) {
            throw new AssertionError("opened to read");
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public void close() throws IOException {
            openToRead.decrementAndGet();
            real.close();
        }
    }

    private final class HostileFile implements DiskFile {
        private final DiskFile real;
        private final Content content;
        private final int bornIn = life;

        HostileFile(DiskFile real, Content content) {
            this.real = real;
            this.content = content;
        }

        @Override
        public void write(long position, byte[] bytes, int offset, int length) throws IOException {
            checkAlive();
            boolean wasOff = off;
            String failure = failure(Fault.WRITE_FAILED, "Input/output error");
            if (--writesUntilFailure == 0 && failure == null) {
                failure = "No space left on device";
                fire(Fault.WRITE_FAILED);
            }
            int written = failure == null ? length : wasOff ? 0 : length / 2;
            long growth = Math.max(0, position + written - real.size());
            if (growth > room) {
                failure = "No space left on device";
                fire(Fault.FULL);
                written -= (int) (growth - room);
                growth = room;
            }
            room -= growth;
            if (written > 0) {
                real.write(position, bytes, offset, written);
                content.unsynced.add(new Write((int) position, (int) position + written));
            }
            if (failure != null) {
                throw new IOException(failure);
            }
        }

        @Override
        public int read(long position, byte[] bytes, int offset, int length) throws IOException {
            checkReadable();
            return real.read(position, bytes, offset, length);
        }

        @Override
        public void force() throws IOException {
            checkAlive();
            if (--forcesUntilSlow == 0) {
                fire(Fault.SLOW);
                meanwhile.run();
            }
            String failure = failure(Fault.FORCE_FAILED, "Input/output error");
            if (--forcesUntilFailure == 0 && failure == null) {
                failure = "Input/output error";
                fire(Fault.FORCE_FAILED);
            }
            if (failure != null) {
                if (!off) {
                    content.unsynced.clear();
                }
                throw new IOException(failure);
            }
            byte[] durable = Arrays.copyOf(content.durable, (int) real.size());
            for (Write write : content.unsynced) {
                copy(write, durable);
            }
            content.durable = durable;
            content.unsynced.clear();
        }

        private void copy(Write write, byte[] durable) throws IOException {
            int length = Math.min(write.to, durable.length) - write.from;
            if (length > 0 && real.read(write.from, durable, write.from, length) < length) {
                throw new AssertionError("the file shrank while it was synced");
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            checkAlive();
            String failure = failure(Fault.TRUNCATE_FAILED, "Input/output error");
            if (--truncatesUntilFailure == 0 && failure == null) {
                failure = "Input/output error";
                fire(Fault.TRUNCATE_FAILED);
            }
            if (failure != null) {
                throw new IOException(failure);
            }
            room += Math.max(0, real.size() - size);
            real.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }

        private void checkAlive() throws IOException {
            if (life != bornIn) {
                throw new IOException("the power went off");
            }
        }
    }
}
