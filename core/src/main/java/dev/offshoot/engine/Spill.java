package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.mql.SpillSpace;
import dev.offshoot.store.Scratch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** What one command, or its cursor, writes to temporary storage. Closing it gives all of it back. Used by one thread at a time. */
final class Spill implements SpillSpace, AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Scratch scratch;
    private final boolean allowed;
    private final List<SheetRun> runs = new ArrayList<>();

    /** @param allowed what the client says to {@code allowDiskUse} */
    Spill(Scratch scratch, boolean allowed) {
        this.scratch = scratch;
        this.allowed = allowed;
    }

    @Override
    public boolean isAllowed() {
        return allowed && scratch.isAvailable();
    }

    @Override
    public Run newRun() {
        SheetRun run = new SheetRun(scratch);
        runs.add(run);
        return run;
    }

    @Override
    public void close() {
        runs.forEach(SheetRun::discard);
        runs.clear();
    }

    /** Documents one behind the other: each says itself how long it is. Takes its sheet when the first ones are written. */
    private static final class SheetRun implements Run {
        private final Scratch scratch;
        private byte[] buffer = new byte[1024];
        private int buffered;
        private Scratch.Sheet sheet = NO_SHEET;

        SheetRun(Scratch scratch) {
            this.scratch = scratch;
        }

        @Override
        public void append(Doc document) {
            int length = document.length();
            if (buffered + length > BUFFER_BYTES) {
                flush();
            }
            if (length > BUFFER_BYTES) {
                sheet().append(document.bytes(), document.offset(), length);
                return;
            }
            if (buffered + length > buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.min(BUFFER_BYTES, Math.max(buffered + length, buffer.length * 4)));
            }
            System.arraycopy(document.bytes(), document.offset(), buffer, buffered, length);
            buffered += length;
        }

        private Scratch.Sheet sheet() {
            if (sheet == NO_SHEET) {
                sheet = scratch.newSheet();
            }
            return sheet;
        }

        private void flush() {
            if (buffered > 0) {
                sheet().append(buffer, 0, buffered);
                buffered = 0;
            }
        }

        @Override
        public Iterator<Doc> documents() {
            flush();
            return new SheetReader(sheet);
        }

        @Override
        public void discard() {
            sheet.close();
            sheet = NO_SHEET;
            buffered = 0;
        }
    }

    private static final Scratch.Sheet NO_SHEET = new Scratch.Sheet() {
        @Override
        public void append(byte[] bytes, int offset, int length) {
            throw new AssertionError("nothing is written to no sheet");
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public void read(long position, byte[] into, int offset, int length) {
            throw new AssertionError("nothing is read from no sheet");
        }

        @Override
        public void close() {
            // nothing to give back
        }
    };

    /** Reads documents piece by piece; each piece is an array of its own, which the documents view. */
    private static final class SheetReader implements Iterator<Doc> {
        private final Scratch.Sheet sheet;
        private long position;
        private byte[] piece = {};
        private int at;

        SheetReader(Scratch.Sheet sheet) {
            this.sheet = sheet;
        }

        @Override
        public boolean hasNext() {
            return at < piece.length || position < sheet.size();
        }

        @Override
        public Doc next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (piece.length - at < Integer.BYTES || piece.length - at < Bson.int32(piece, at)) {
                refill();
            }
            Doc next = Doc.view(piece, at);
            at += next.length();
            return next;
        }

        /** A piece that begins with the next document and has all of it. */
        private void refill() {
            long from = position - (piece.length - at);
            byte[] length = new byte[Integer.BYTES];
            sheet.read(from, length, 0, length.length);
            int size = (int) Math.min(sheet.size() - from, Math.max(BUFFER_BYTES, Bson.int32(length, 0)));
            piece = new byte[size];
            sheet.read(from, piece, 0, size);
            position = from + size;
            at = 0;
        }
    }
}
