package dev.offshoot.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The least that durable can cost on files: append some bytes and {@code fdatasync}. */
final class BareLog implements AutoCloseable {
    private final FileChannel file;
    private final ByteBuffer frame;

    private BareLog(FileChannel file, int frameBytes) {
        this.file = file;
        this.frame = ByteBuffer.allocateDirect(frameBytes);
    }

    static BareLog open(Path folder, int frameBytes) throws IOException {
        return new BareLog(
                FileChannel.open(folder.resolve("bare.log"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                frameBytes);
    }

    void append() throws IOException {
        append(frame.capacity());
    }

    /** As many bytes, at most those of a frame. */
    void append(int bytes) throws IOException {
        frame.clear().limit(bytes);
        while (frame.hasRemaining()) {
            file.write(frame);
        }
        file.force(false);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
