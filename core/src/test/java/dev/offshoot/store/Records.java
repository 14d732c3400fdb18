package dev.offshoot.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Records for tests, and how they are compared. */
public final class Records {
    private Records() {}

    /** A record whose bytes follow from the random source. */
    public static LogRecord of(long firstLsn, int count, int payloadBytes, Random random) {
        byte[] payload = new byte[payloadBytes];
        random.nextBytes(payload);
        return new LogRecord(firstLsn, count, nonce(random), header(firstLsn), payload);
    }

    /** A nonce of random bytes. */
    public static byte[] nonce(Random random) {
        byte[] nonce = new byte[LogRecord.NONCE_BYTES];
        random.nextBytes(nonce);
        return nonce;
    }

    /** The document {@code {lsn: NumberLong(value), z: 1, a: 2}}: its fields are in no order a library would choose. */
    public static byte[] header(long value) {
        ByteBuffer header = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(32)
                .put((byte) 0x12)
                .put("lsn\0".getBytes(StandardCharsets.UTF_8))
                .putLong(value);
        header.put((byte) 0x10).put((byte) 'z').put((byte) 0).putInt(1);
        header.put((byte) 0x10).put((byte) 'a').put((byte) 0).putInt(2);
        return header.put((byte) 0).array();
    }

    /** All records from an LSN on. */
    public static List<LogRecord> readAll(LogStore log, long fromLsn) {
        List<LogRecord> all = new ArrayList<>();
        try (RecordCursor cursor = log.read(fromLsn)) {
            for (LogRecord entry; (entry = cursor.next()) != null; ) {
                all.add(entry);
            }
        }
        return all;
    }

    /** Compares without AssertJ's recursion, which makes an object of every byte. */
    public static void assertSame(List<LogRecord> actual, List<LogRecord> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertSame(actual.get(i), expected.get(i));
        }
    }

    public static void assertSame(@Nullable LogRecord actual, LogRecord expected) {
        assertThat(actual).isNotNull();
        if (actual != null) {
            String what = "record at LSN " + expected.firstLsn();
            assertThat(actual.firstLsn()).as(what).isEqualTo(expected.firstLsn());
            assertThat(actual.count()).as(what).isEqualTo(expected.count());
            assertThat(Arrays.equals(actual.nonce(), expected.nonce())).as(what).isTrue();
            assertThat(Arrays.equals(actual.header(), expected.header()))
                    .as(what)
                    .isTrue();
            assertThat(Arrays.equals(actual.payload(), expected.payload()))
                    .as(what)
                    .isTrue();
        }
    }
}
