package dev.offshoot.store.file;

import dev.offshoot.store.StoreSteps;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The disk of this machine, which tells what is done to it by the kind of file: {@code segment}, {@code pack}, {@code manifest},
 * {@code mark} for anything else. A write has a step {@code write.half} when half of the bytes are in the file.
 */
public final class WatchedDisk implements Disk {
    private final Disk disk = new LocalDisk();
    private final StoreSteps steps;

    private WatchedDisk(StoreSteps steps) {
        this.steps = steps;
    }

    /** Opens a folder as {@link FileStore#open(Path, FileStoreOptions)} does, on such a disk. */
    public static FileStore open(Path folder, FileStoreOptions options, StoreSteps steps) {
        return FileStore.open(new WatchedDisk(steps), folder, options);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        String kind = kind(file);
        steps.at(kind + ".open.before");
        DiskFile opened = disk.open(file);
        steps.at(kind + ".open.after");
        return new Watched(opened, kind);
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return disk.openToRead(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        around(kind(to) + ".rename", () -> disk.rename(from, to));
    }

    @Override
    public void delete(Path file) throws IOException {
        around(kind(file) + ".delete", () -> disk.delete(file));
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        around(folderKind(folder) + ".forceFolder", () -> disk.forceFolder(folder));
    }

    private static String kind(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.contains(".wal")) {
            return "segment";
        }
        if (name.contains(".pack") || name.contains(".open")) {
            return "pack";
        }
        return name.contains(".ckpt") ? "manifest" : "mark";
    }

    private static String folderKind(Path folder) {
        Path parent = folder.getParent();
        return switch (String.valueOf(parent == null ? "" : parent.getFileName())) {
            case "logs" -> "segment";
            case "pages" -> "pack";
            case "checkpoints" -> "manifest";
            default -> "mark";
        };
    }

    private interface Work {
        void run() throws IOException;
    }

    private void around(String name, Work work) throws IOException {
        steps.at(name + ".before");
        work.run();
        steps.at(name + ".after");
    }

    private final class Watched implements DiskFile {
        private final DiskFile file;
        private final String kind;

        Watched(DiskFile file, String kind) {
            this.file = file;
            this.kind = kind;
        }

        @Override
        public void write(long position, byte[] bytes, int offset, int length) throws IOException {
            int half = length / 2;
            steps.at(kind + ".write.before");
            file.write(position, bytes, offset, half);
            steps.at(kind + ".write.half");
            file.write(position + half, bytes, offset + half, length - half);
            steps.at(kind + ".write.after");
        }

        @Override
        public int read(long position, byte[] bytes, int offset, int length) throws IOException {
            return file.read(position, bytes, offset, length);
        }

        @Override
        public void force() throws IOException {
            around(kind + ".force", file::force);
        }

        @Override
        public void truncate(long size) throws IOException {
            around(kind + ".truncate", () -> file.truncate(size));
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
