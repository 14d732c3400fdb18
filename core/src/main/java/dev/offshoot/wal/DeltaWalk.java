package dev.offshoot.wal;

import dev.offshoot.bson.Bson;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes through two versions of a document side by side and writes the steps of a {@link Delta}. Fields are paired by their names,
 * elements of arrays by their values and then by their places, nested documents and arrays field by field; what is the same is
 * copied from the base, of long values also a common beginning and end. Used once, by one thread.
 *
 * <p>It takes what the new version holds in order, so a step needs only the place in the base. A copy that goes on where the one before
 * ended is one with it; one too short to be worth its step becomes new bytes.
 */
final class DeltaWalk {
    /** A copy takes about 4 bytes itself. */
    private static final int COPY_BYTES_MIN = 8;

    /** Shorter elements of arrays are not looked for in other places, shorter values not for what they have in common. */
    private static final int SEARCHED_BYTES_MIN = 24;

    private final byte[] base;
    private final byte[] after;
    private final Bytes out;
    private final int bytesMax;

    /** Where the last copy that was written ended in the base. */
    private int baseAt;

    /** New bytes that wait to be written are {@code after} from here ... */
    private int literalFrom;
    /** ... to here; behind them waits a copy. */
    private int literalTo;

    private int copyFrom;
    private int copyLength;
    private boolean tooLarge;

    DeltaWalk(byte[] base, byte[] after, Bytes out, int bytesMax) {
        this.base = base;
        this.after = after;
        this.out = out;
        this.bytesMax = bytesMax;
    }

    /** False, and then what was written is of no use, when it would take more bytes than it may. */
    boolean write() {
        document(0, 0, false);
        settle();
        if (literalTo > literalFrom) {
            writeLiteral();
        }
        return !tooLarge && out.length() <= bytesMax;
    }

    private void document(int baseStart, int afterStart, boolean array) {
        int baseEnd = baseStart + Bson.int32(base, baseStart) - 1;
        int afterEnd = afterStart + Bson.int32(after, afterStart) - 1;
        same(baseStart, afterStart, Integer.BYTES);
        Fields fields = new Fields(baseStart + Integer.BYTES, baseEnd, array);
        for (int at = afterStart + Integer.BYTES; at < afterEnd && !tooLarge; ) {
            Field field = Field.of(after, at);
            Field pair = fields.pair(field);
            if (pair == null) {
                literal(field.length());
            } else {
                field(pair, field);
            }
            at = field.end;
        }
        copy(baseEnd, 1); // the closing NUL
    }

    private void field(Field from, Field to) {
        if (from.equalTo(to)) {
            copy(from.start, from.length());
            return;
        }
        same(from.start, to.start, from.value - from.start, to.value - to.start);
        boolean sameType = from.type() == to.type();
        if (from.sameValue(to)) {
            copy(from.value, from.valueLength());
        } else if (sameType && (to.type() == Bson.DOCUMENT || to.type() == Bson.ARRAY)) {
            document(from.value, to.value, to.type() == Bson.ARRAY);
        } else if (sameType && from.valueLength() >= SEARCHED_BYTES_MIN && to.valueLength() >= SEARCHED_BYTES_MIN) {
            ends(from, to);
        } else {
            literal(to.valueLength());
        }
    }

    /** Values that begin with a length, and may go on and end alike. */
    private void ends(Field from, Field to) {
        same(from.value, to.value, Integer.BYTES);
        int fromStart = from.value + Integer.BYTES;
        int toStart = to.value + Integer.BYTES;
        int common = Math.min(from.end - fromStart, to.end - toStart);
        int head = Arrays.mismatch(base, fromStart, fromStart + common, after, toStart, toStart + common);
        if (head < 0) {
            head = common;
        }
        int tail = 0;
        while (tail < common - head && base[from.end - 1 - tail] == after[to.end - 1 - tail]) {
            tail++;
        }
        copy(fromStart, head);
        literal(to.end - toStart - head - tail);
        copy(from.end - tail, tail);
    }

    /** Bytes that are copied if they are the same. */
    private void same(int fromStart, int toStart, int length) {
        same(fromStart, toStart, length, length);
    }

    private void same(int fromStart, int toStart, int fromLength, int toLength) {
        if (Arrays.equals(base, fromStart, fromStart + fromLength, after, toStart, toStart + toLength)) {
            copy(fromStart, fromLength);
        } else {
            literal(toLength);
        }
    }

    private void literal(int length) {
        if (length > 0) {
            settle();
            literalTo += length;
            tooLarge |= out.length() + literalTo - literalFrom > bytesMax;
        }
    }

    private void copy(int from, int length) {
        if (copyLength > 0 && from == copyFrom + copyLength) {
            copyLength += length;
        } else if (length > 0) {
            settle();
            copyFrom = from;
            copyLength = length;
        }
    }

    /** Writes the copy that waits, or lets it be new bytes. */
    private void settle() {
        if (copyLength >= COPY_BYTES_MIN) {
            writeLiteral();
            out.number(Delta.unsigned(copyFrom - baseAt)).number(copyLength);
            baseAt = copyFrom + copyLength;
            literalFrom += copyLength;
        }
        literalTo += copyLength;
        copyLength = 0;
    }

    private void writeLiteral() {
        out.number(literalTo - literalFrom).raw(after, literalFrom, literalTo);
        literalFrom = literalTo;
    }

    /** Finds for each field of the new version the one of the base that it comes from, mostly the next one. */
    private final class Fields {
        private final int start;
        private final int end;
        private final boolean array;
        private int next;
        private @Nullable Map<ByteBuffer, Integer> places;

        Fields(int start, int end, boolean array) {
            this.start = start;
            this.end = end;
            this.array = array;
            this.next = start;
        }

        @Nullable
        Field pair(Field field) {
            Field following = next < end ? Field.of(base, next) : null;
            Field pair = array ? element(field, following) : named(field, following);
            next = pair == null ? next : pair.end;
            return pair;
        }

        private @Nullable Field named(Field field, @Nullable Field following) {
            return following != null && following.sameName(field) ? following : find(field.name());
        }

        private @Nullable Field element(Field field, @Nullable Field following) {
            boolean here = following != null && (following.sameValue(field) || goesOn(following, field));
            if (here || field.valueLength() < SEARCHED_BYTES_MIN) {
                return following;
            }
            Field found = find(field.valueBytes());
            return found == null ? following : found;
        }

        /** Whether the next elements are the same, so that these two are versions of one. */
        private boolean goesOn(Field from, Field to) {
            boolean last = from.end >= end;
            return last || Field.of(base, from.end).equalTo(Field.of(after, to.end));
        }

        private @Nullable Field find(ByteBuffer key) {
            if (places == null) {
                places = new HashMap<>();
                for (int at = start; at < end; ) {
                    Field field = Field.of(base, at);
                    places.putIfAbsent(array ? field.valueBytes() : field.name(), at);
                    at = field.end;
                }
            }
            Integer found = places.get(key);
            return found == null ? null : Field.of(base, found);
        }
    }

    /** Where a field lies: its type, behind it its name, its value. */
    private record Field(byte[] bytes, int start, int value, int end) {
        static Field of(byte[] bytes, int start) {
            int type = bytes[start] & 0xFF;
            if (type == 0) {
                return new Field(bytes, start, start + 1, start + 1); // the end of a document
            }
            int value = Bson.nul(bytes, start + 1) + 1;
            return new Field(bytes, start, value, value + Bson.sizeOf(type, bytes, value));
        }

        int type() {
            return bytes[start] & 0xFF;
        }

        int length() {
            return end - start;
        }

        int valueLength() {
            return end - value;
        }

        ByteBuffer name() {
            return ByteBuffer.wrap(bytes, start + 1, value - start - 1);
        }

        ByteBuffer valueBytes() {
            return ByteBuffer.wrap(bytes, value, end - value);
        }

        boolean sameName(Field that) {
            return Arrays.equals(bytes, start + 1, value, that.bytes, that.start + 1, that.value);
        }

        boolean sameValue(Field that) {
            return type() == that.type() && Arrays.equals(bytes, value, end, that.bytes, that.value, that.end);
        }

        boolean equalTo(Field that) {
            return Arrays.equals(bytes, start, end, that.bytes, that.start, that.end);
        }
    }
}
