package dev.offshoot.store.file;

import dev.offshoot.store.Scratch;
import dev.offshoot.store.StoreException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * Temporary files in a folder. Where the operating system lets an open file go without a name it has none, so that nothing is left
 * behind when the process dies.
 */
public final class FileScratch implements Scratch {
    private final Path folder;

    private FileScratch(Path folder) {
        this.folder = folder;
    }

    /** In an existing folder. */
    public static FileScratch in(Path folder) {
        return new FileScratch(folder);
    }

    /** In the folder that Java is told to use for temporary files, {@code java.io.tmpdir}. */
    public static FileScratch ofSystem() {
        return new FileScratch(Path.of(System.getProperty("java.io.tmpdir", ".")));
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Sheet newSheet() {
        try {
            File file = File.createTempFile("offshoot-", ".spill", folder.toFile());
            return new FileSheet(file, new RandomAccessFile(file, "rw"));
        } catch (IOException e) {
            throw failed("cannot make a temporary file", folder, e);
        }
    }

    private static StoreException failed(String what, Object where, IOException cause) {
        return new StoreException(
                what + " in " + where + ": " + cause.getMessage()
                        + "; make room there, or send the command with allowDiskUse: false",
                cause);
    }

    private static final class FileSheet implements Sheet {
        private final File file;
        private final RandomAccessFile bytes;
        private final boolean nameless;
        private long size;

        FileSheet(File file, RandomAccessFile bytes) {
            this.file = file;
            this.bytes = bytes;
            this.nameless = file.delete();
        }

        @Override
        public void append(byte[] from, int offset, int length) {
            try {
                bytes.seek(size);
                bytes.write(from, offset, length);
                size += length;
            } catch (IOException e) {
                throw failed("cannot write a temporary file", file.getParent(), e);
            }
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void read(long position, byte[] into, int offset, int length) {
            try {
                bytes.seek(position);
                bytes.readFully(into, offset, length);
            } catch (IOException e) {
                throw failed("cannot read a temporary file", file.getParent(), e);
            }
        }

        @Override
        public void close() {
            try {
                bytes.close();
            } catch (IOException e) {
                throw failed("cannot close a temporary file", file.getParent(), e);
            } finally {
                if (!nameless && !file.delete()) {
                    file.deleteOnExit();
                }
            }
        }
    }
}
