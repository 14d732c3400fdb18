package dev.offshoot.store.file;

import dev.offshoot.metrics.SyncMeters;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import org.jspecify.annotations.Nullable;

/** A file of {@link LocalDisk}. One thread at a time. */
final class LocalFile implements DiskFile {
    private final RandomAccessFile bytes;
    private final @Nullable AsynchronousFileChannel sync;
    private final SyncMeters syncs;

    LocalFile(RandomAccessFile bytes, @Nullable AsynchronousFileChannel sync, SyncMeters syncs) {
        this.bytes = bytes;
        this.sync = sync;
        this.syncs = syncs;
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
        bytes.seek(position);
        bytes.write(source, offset, length);
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        bytes.seek(position);
        return bytes.read(target, offset, length);
    }

    @Override
    public void force() throws IOException {
        AsynchronousFileChannel channel = sync;
        if (channel == null) {
            throw new AssertionError("a file opened to read is never synced");
        }
        syncs.time(() -> channel.force(false));
    }

    @Override
    public void truncate(long size) throws IOException {
        bytes.setLength(size);
    }

    @Override
    public long size() throws IOException {
        return bytes.length();
    }

    @Override
    public void close() throws IOException {
        try (RandomAccessFile first = bytes;
                AsynchronousFileChannel second = sync) {
            assert first != null && (second == null || second.isOpen());
        }
    }
}
