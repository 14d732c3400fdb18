package dev.offshoot.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints text as UTF-8, and remembers when that failed. */
final class Printer extends PrintStream {
    private final Watched watched;

    Printer(OutputStream out) {
        this(new Watched(out));
    }

    private Printer(Watched watched) {
        super(watched, true, StandardCharsets.UTF_8);
        this.watched = watched;
    }

    /** Why not all was printed; null where it was, or where the reader wanted no more, as {@code head} does. */
    @Nullable
    IOException failure() {
        IOException failure = watched.failure;
        return failure != null && message(failure).contains("broken pipe") ? null : failure;
    }

    private static String message(IOException e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }

    /** The stream below, which a {@link PrintStream} hides the exceptions of. */
    private static final class Watched extends FilterOutputStream {
        private volatile @Nullable IOException failure;

        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            try {
                out.write(b);
            } catch (IOException e) {
                throw remembered(e);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw remembered(e);
            }
        }

        private IOException remembered(IOException e) {
            failure = e;
            return e;
        }
    }
}
