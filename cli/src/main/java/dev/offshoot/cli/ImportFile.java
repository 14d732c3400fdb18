package dev.offshoot.cli;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** One file of an import as UTF-8 text, unpacked if it is gzip, whatever its name says. */
record ImportFile(String name, Reader text) implements AutoCloseable {
    private static final Path STANDARD_INPUT = Path.of("-");
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    static ImportFile open(Path file, InputStream standardInput, Progress progress) throws IOException {
        boolean standard = isStandardInput(file);
        InputStream bytes = new Counting(standard ? standardInput : Files.newInputStream(file), progress);
        String name = standard ? "standard input" : file.toString();
        try {
            Reader text = new InputStreamReader(
                    unpacked(bytes),
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT));
            return new ImportFile(name, text);
        } catch (ZipException | EOFException e) {
            bytes.close();
            throw new CliException(
                    ExitCodes.FAILURE,
                    name + ": the gzip is damaged or cut short; nothing of it was imported",
                    null,
                    e);
        } catch (IOException e) {
            bytes.close();
            throw e;
        }
    }

    static boolean isStandardInput(Path file) {
        return file.equals(STANDARD_INPUT);
    }

    @Override
    public void close() throws IOException {
        text.close();
    }

    private static InputStream unpacked(InputStream bytes) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(bytes, BUFFER_BYTES);
        buffered.mark(2);
        boolean gzip = buffered.read() == GZIP_FIRST && buffered.read() == GZIP_SECOND;
        buffered.reset();
        return gzip ? new GZIPInputStream(buffered, BUFFER_BYTES) : buffered;
    }

    /**
     * Tells the progress what was read. Always says that there may be more: a pipe cannot tell, and a gzip of several parts would
     * end where a slow one has none yet.
     */
    private static final class Counting extends FilterInputStream {
        private final Progress progress;

        Counting(InputStream in, Progress progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int available() {
            return 1;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            progress.advance(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            progress.advance(Math.max(0, read));
            return read;
        }
    }
}
