package dev.offshoot.archive;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object with contiguous records; its name tells which. The content is the first and the last LSN, 8 bytes each, and the records as in
 * {@link RecordBytes}.
 *
 * @param firstLsn the first LSN of its first record
 * @param lastLsn the last LSN of its last record
 */
record LogObject(long firstLsn, long lastLsn) {
    private static final String SUFFIX = ".seg";
    private static final int DIGITS = 20;

    /** Where the objects of a project's log are. */
    static String folder(String project) {
        return project + "/log/";
    }

    String name(String project) {
        return folder(project) + String.format("%020d-%020d", firstLsn, lastLsn) + SUFFIX;
    }

    /** What a name tells; null when it is not one of ours. */
    static @Nullable LogObject ofName(String project, String name) {
        String rest = name.substring(folder(project).length());
        if (rest.length() != 2 * DIGITS + 1 + SUFFIX.length() || !rest.endsWith(SUFFIX)) {
            return null;
        }
        try {
            return new LogObject(
                    Long.parseLong(rest, 0, DIGITS, 10), Long.parseLong(rest, DIGITS + 1, 2 * DIGITS + 1, 10));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** @param records at least one, contiguous */
    static LogObject of(List<LogRecord> records) {
        return new LogObject(
                records.get(0).firstLsn(), records.get(records.size() - 1).lastLsn());
    }

    byte[] seal(List<LogRecord> records) {
        long length = 2 * Long.BYTES;
        for (LogRecord entry : records) {
            length += RecordBytes.length(entry);
        }
        byte[] content = new byte[Math.toIntExact(length)];
        ByteBuffer out = Sealed.buffer(content);
        out.putLong(firstLsn).putLong(lastLsn);
        records.forEach(entry -> RecordBytes.put(entry, out));
        return Sealed.seal(Sealed.Kind.SEGMENT, content);
    }

    /** @throws CorruptionException when they are not the records that the name tells */
    List<LogRecord> open(String project, byte[] bytes) {
        String name = name(project);
        ByteBuffer in = Sealed.buffer(Sealed.open(name, Sealed.Kind.SEGMENT, bytes));
        List<LogRecord> records = new ArrayList<>();
        long next = firstLsn;
        try {
            if (in.remaining() < 2 * Long.BYTES || in.getLong() != firstLsn || in.getLong() != lastLsn) {
                throw Sealed.damaged(name, "expected the records that its name tells, found others");
            }
            while (in.hasRemaining()) {
                LogRecord entry = RecordBytes.read(in);
                if (entry.firstLsn() != next) {
                    throw Sealed.damaged(
                            name, "expected a record at LSN " + next + ", found one at " + entry.firstLsn());
                }
                records.add(entry);
                next = entry.lastLsn() + 1;
            }
        } catch (IllegalArgumentException e) {
            throw Sealed.damaged(name, "expected records, found bytes that are none: " + e.getMessage());
        }
        if (next != lastLsn + 1) {
            throw Sealed.damaged(name, "expected records up to LSN " + lastLsn + ", found them up to " + (next - 1));
        }
        return records;
    }
}
