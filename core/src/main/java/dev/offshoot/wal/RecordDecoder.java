package dev.offshoot.wal;

import com.github.luben.zstd.ZstdException;
import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonCheck;
import dev.offshoot.bson.BsonFormatException;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes records, those of a log best in order: one writer's headers differ in their times only, and one that does so from the header
 * before is not read again. Used by one thread at a time, which closes it.
 */
public final class RecordDecoder implements AutoCloseable {
    /** How a header of this version begins: version, timestamp, date. */
    private static final byte[] BEGINNING = new DocBuilder(40)
            .append("v", RecordCodec.VERSION)
            .appendTimestamp("time", 0)
            .appendDate("at", 0)
            .build();

    /** Where the header's fields are whose values are always new, and what comes behind them. */
    private static final int TIME_AT = 17;

    private static final int AFTER_TIME = TIME_AT + Long.BYTES;
    private static final int DATE_AT = 29;
    private static final int AFTER_DATE = DATE_AT + Long.BYTES;

    private final Compression compression;
    private byte[] header = {};
    private List<Origin> origins = List.of();

    public RecordDecoder() {
        this(new Compression());
    }

    /** With native memory of somebody's, who need not close this then. */
    RecordDecoder(Compression compression) {
        this.compression = compression;
    }

    /**
     * What was encoded.
     *
     * @throws CorruptionException when the record is damaged, or a newer version of Offshoot wrote it
     */
    public WalRecord decode(LogRecord entry) {
        try {
            return read(entry);
        } catch (BsonFormatException
                | ZstdException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | NullPointerException e) {
            throw new CorruptionException("record at LSN " + entry.firstLsn() + " does not decode: " + e.getMessage()
                    + "; it is damaged, or a newer version of Offshoot wrote it");
        }
    }

    private WalRecord read(LogRecord entry) {
        long[] times = times(entry.header());
        Bytes.Reader in = new Bytes.Reader(RecordCodec.unpack(entry.payload(), compression), 0);
        int size = in.size();
        List<Commit> commits = new ArrayList<>(Math.min(size, 1024));
        long lsn = entry.firstLsn();
        for (int i = 0; i < size; i++) {
            Commit commit = RecordCodec.read(in, lsn, origins);
            commits.add(commit);
            lsn = commit.lastLsn() + 1;
        }
        if (lsn != entry.firstLsn() + entry.count() || !in.atEnd()) {
            throw new IllegalArgumentException("it holds LSNs up to " + (lsn - 1));
        }
        return new WalRecord(entry.firstLsn(), times[0], times[1], commits);
    }

    /** The timestamp and the date of a header; its origins go to {@link #origins}. */
    private long[] times(byte[] next) {
        if (isLikeLast(next)) {
            return new long[] {Bson.int64(next, TIME_AT), Bson.int64(next, DATE_AT)};
        }
        BsonCheck.check(next, 0, next.length);
        Doc doc = Doc.of(next);
        int version = RecordCodec.field(doc, "v").asInt32();
        if (version != RecordCodec.VERSION) {
            throw new IllegalArgumentException(
                    "format version " + version + ", this version reads " + RecordCodec.VERSION);
        }
        List<Origin> found = new ArrayList<>();
        for (Doc.Field commit : RecordCodec.field(doc, "commits").asDoc()) {
            found.add(origin(commit.value().asDoc()));
        }
        long[] times = {
            RecordCodec.field(doc, "time").asInt64(),
            RecordCodec.field(doc, "at").asInt64()
        };
        origins = found;
        header = beginsAsUsual(next) ? next : new byte[0];
        return times;
    }

    /** Whether a header differs from the last one in its times only; that was checked, and begins as usual. */
    private boolean isLikeLast(byte[] next) {
        byte[] last = header;
        return last.length > AFTER_DATE
                && next.length == last.length
                && Arrays.equals(next, 0, TIME_AT, last, 0, TIME_AT)
                && Arrays.equals(next, AFTER_TIME, DATE_AT, last, AFTER_TIME, DATE_AT)
                && Arrays.equals(next, AFTER_DATE, next.length, last, AFTER_DATE, last.length);
    }

    private static boolean beginsAsUsual(byte[] next) {
        return next.length > AFTER_DATE
                && Arrays.equals(next, Integer.BYTES, TIME_AT, BEGINNING, Integer.BYTES, TIME_AT)
                && Arrays.equals(next, AFTER_TIME, DATE_AT, BEGINNING, AFTER_TIME, DATE_AT);
    }

    private static Origin origin(Doc commit) {
        return new Origin(
                text(commit, "actor"),
                text(commit, "command"),
                text(commit, "branch"),
                text(commit, "ns"),
                text(commit, "msg"));
    }

    private static String text(Doc doc, String name) {
        @Nullable Value value = doc.get(name);
        return value == null ? "" : value.asString();
    }

    /** Idempotent. */
    @Override
    public void close() {
        compression.close();
    }
}
