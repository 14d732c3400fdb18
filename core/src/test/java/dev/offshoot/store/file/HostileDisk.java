package dev.offshoot.store.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A disk that behaves as badly as disks may: it tears writes, fails them and syncs on demand, forgets at a power cut any part of what
 * was not synced, and after a failed sync believes that everything is written. It never really syncs.
 */
final class HostileDisk implements Disk {
    private static final int SECTOR_BYTES = 16;

    private final LocalDisk disk = new LocalDisk();
    private final Map<Path, Content> contents = new TreeMap<>();
    private final Set<Path> unsyncedNames = new HashSet<>();
    private final Map<Path, Path> unsyncedRenames = new LinkedHashMap<>();
    private final Map<Path, byte[]> unsyncedDeletes = new LinkedHashMap<>();
    private int callsUntilFailure;
    private boolean failsOnce;
    private final AtomicInteger openToRead = new AtomicInteger();
    private int calls;
    private int writesUntilFailure;
    private int forcesUntilFailure;
    private int truncatesUntilFailure;
    private int faults;

    /** What would be there after a power cut, and which bytes differ from it. */
    private static final class Content {
        private byte[] durable = new byte[0];
        private final BitSet dirty = new BitSet();
    }

    /** The n-th write from now on writes half and fails. */
    void failWrite(int n) {
        writesUntilFailure = n;
    }

    void failForce(int n) {
        forcesUntilFailure = n;
    }

    void failTruncate(int n) {
        truncatesUntilFailure = n;
    }

    /**
     * The n-th change of the disk from now on fails, of whatever kind: a file made, written, cut or synced, a name changed.
     *
     * @param goesOn whether those behind it work; otherwise all fail, as if the process had died there
     */
    void fail(int n, boolean goesOn) {
        callsUntilFailure = calls + n;
        failsOnce = goesOn;
    }

    /** Calls are as they should be again. */
    void heal() {
        callsUntilFailure = 0;
    }

    /** How many files are open to read. */
    int openToReadNow() {
        return openToRead.get();
    }

    /** How many changes of the disk were asked for. */
    int calls() {
        return calls;
    }

    private boolean fails() {
        calls++;
        if (callsUntilFailure == 0 || calls < callsUntilFailure || (failsOnce && calls > callsUntilFailure)) {
            return false;
        }
        faults++;
        return true;
    }

    private boolean failsWrite() {
        if (--writesUntilFailure == 0) {
            faults++;
            return true;
        }
        return fails();
    }

    private void mayFail(String what) throws IOException {
        if (fails()) {
            throw new IOException("Input/output error: no more " + what);
        }
    }

    /** How many failures were injected. */
    int faults() {
        return faults;
    }

    /** Turns the power off: of what was not synced, any sectors are lost, and any names. */
    void powerCut(Random random) throws IOException {
        for (Map.Entry<Path, byte[]> deleted : unsyncedDeletes.entrySet()) {
            if (random.nextBoolean() && Files.notExists(deleted.getKey())) {
                Files.write(deleted.getKey(), deleted.getValue());
                Content content = new Content();
                content.durable = deleted.getValue();
                contents.put(deleted.getKey(), content);
            }
        }
        unsyncedDeletes.clear();
        for (Map.Entry<Path, Path> renamed : unsyncedRenames.entrySet()) {
            if (random.nextBoolean()) {
                undo(renamed.getValue(), renamed.getKey());
            }
        }
        unsyncedRenames.clear();
        for (Map.Entry<Path, Content> entry : contents.entrySet()) {
            Path file = entry.getKey();
            if (unsyncedNames.contains(file) && random.nextBoolean()) {
                Files.deleteIfExists(file);
                entry.setValue(new Content());
            } else {
                byte[] left = leftOf(entry.getValue(), Files.readAllBytes(file), random);
                Files.write(file, left);
                entry.getValue().durable = left;
                entry.getValue().dirty.clear();
            }
        }
        contents.keySet().removeIf(Files::notExists);
        unsyncedNames.clear();
    }

    private void undo(Path from, Path to) throws IOException {
        if (Files.notExists(to)) {
            return;
        }
        Files.move(to, from);
        Content content = contents.remove(to);
        if (content != null) {
            contents.put(from, content);
        }
        if (unsyncedNames.remove(to)) {
            unsyncedNames.add(from);
        }
    }

    private static byte[] leftOf(Content content, byte[] current, Random random) {
        int size = random.nextBoolean() ? current.length : content.durable.length;
        if (current.length > content.durable.length) {
            size = content.durable.length + random.nextInt(current.length - content.durable.length + 1);
        }
        byte[] left = Arrays.copyOf(content.durable, size);
        boolean kept = false;
        for (int i = 0; i < size; i++) {
            kept = i % SECTOR_BYTES == 0 ? random.nextBoolean() : kept;
            if (kept && i < current.length && content.dirty.get(i)) {
                left[i] = current[i];
            }
        }
        return left;
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        mayFail("files");
        if (Files.notExists(file)) {
            unsyncedNames.add(file);
        }
        DiskFile real = disk.open(file);
        Content content = contents.computeIfAbsent(file, f -> new Content());
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
        mayFail("renames");
        disk.rename(from, to);
        Content content = contents.remove(from);
        if (content != null) {
            contents.put(to, content);
        }
        if (unsyncedNames.remove(from)) {
            unsyncedNames.add(to);
        }
        unsyncedRenames.put(to, from);
    }

    /** May be undone by a power cut until the folder is forced. */
    @Override
    public void delete(Path file) throws IOException {
        mayFail("deletes");
        if (Files.exists(file) && !unsyncedNames.remove(file)) {
            Content content = contents.get(file);
            unsyncedDeletes.put(file, content == null ? Files.readAllBytes(file) : content.durable);
        }
        disk.delete(file);
        contents.remove(file);
        unsyncedRenames.remove(file);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        mayFail("folder syncs");
        unsyncedNames.removeIf(file -> folder.equals(file.getParent()));
        unsyncedRenames.keySet().removeIf(file -> folder.equals(file.getParent()));
        unsyncedDeletes.keySet().removeIf(file -> folder.equals(file.getParent()));
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

        HostileFile(DiskFile real, Content content) {
            this.real = real;
            this.content = content;
        }

        @Override
        public void write(long position, byte[] bytes, int offset, int length) throws IOException {
            boolean fails = failsWrite();
            int written = fails ? length / 2 : length;
            real.write(position, bytes, offset, written);
            content.dirty.set((int) position, (int) position + written);
            if (fails) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public int read(long position, byte[] bytes, int offset, int length) throws IOException {
            return real.read(position, bytes, offset, length);
        }

        @Override
        public void force() throws IOException {
            if (--forcesUntilFailure == 0) {
                faults++;
                content.dirty.clear();
                throw new IOException("Input/output error");
            }
            mayFail("syncs");
            byte[] durable = Arrays.copyOf(content.durable, (int) real.size());
            byte[] current = new byte[durable.length];
            if (!content.dirty.isEmpty() && real.read(0, current, 0, current.length) < current.length) {
                throw new AssertionError("the file shrank while it was synced");
            }
            for (int i = content.dirty.nextSetBit(0);
                    i >= 0 && i < durable.length;
                    i = content.dirty.nextSetBit(i + 1)) {
                durable[i] = current[i];
            }
            content.durable = durable;
            content.dirty.clear();
        }

        @Override
        public void truncate(long size) throws IOException {
            if (--truncatesUntilFailure == 0) {
                faults++;
                throw new IOException("Input/output error");
            }
            mayFail("cuts");
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
    }
}
