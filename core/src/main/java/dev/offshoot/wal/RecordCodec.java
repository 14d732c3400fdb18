package dev.offshoot.wal;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.store.LogRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The bytes of a record: a header of plain BSON for people and the audit trail, and a binary payload for the fold. The format
 * is described in {@code docs/formats.md}; a change of it takes a new {@link #VERSION}.
 *
 * <p>The header holds {@code v}, {@code time} (timestamp), {@code at} (date) and {@code commits}: one entry for each distinct
 * origin, with branch, actor, command, namespace, message and counts of operations. The payload's commits name their entry by its index.
 */
public final class RecordCodec {
    static final int VERSION = 1;

    private static final byte PLAIN = 0;
    private static final byte ZSTD = 1;
    /** Less compresses badly, and a disk writes a page anyway; this much takes zstd 2 us. */
    private static final int COMPRESS_FROM_BYTES = 1024;
    /** Compressed when that saves at least one part of so many. */
    private static final int SAVED_FRACTION_MIN = 8;

    private static final int CHECKSUM_BYTES = 4;
    private static final int PAYLOAD_BYTES_MAX = LogRecord.PAYLOAD_BYTES_MAX - 1 - CHECKSUM_BYTES;

    private RecordCodec() {}

    /** The record as a store keeps it. */
    public static LogRecord encode(WalRecord record, byte[] nonce) {
        try (Compression compression = new Compression()) {
            return encode(record, nonce, compression);
        }
    }

    /** For who encodes many. */
    static LogRecord encode(WalRecord record, byte[] nonce, Compression compression) {
        Map<Origin, Group> groups = new LinkedHashMap<>();
        Bytes payload = new Bytes(1024);
        payload.number(record.commits().size());
        for (Commit commit : record.commits()) {
            Group group = groups.computeIfAbsent(commit.origin(), o -> new Group(groups.size()));
            group.count(commit);
            write(payload, commit, group.index);
        }
        return new LogRecord(
                record.firstLsn(), record.count(), nonce, header(record, groups), pack(payload.array(), compression));
    }

    /** What {@link #encode} was given; who decodes many has a {@link RecordDecoder}. */
    public static WalRecord decode(LogRecord entry) {
        try (RecordDecoder decoder = new RecordDecoder()) {
            return decoder.decode(entry);
        }
    }

    /** The wall clock of a record, without decoding the rest. */
    public static long millisOf(LogRecord entry) {
        return field(Doc.of(entry.header()), "at").asInt64();
    }

    /** The time of a record, a BSON timestamp, without decoding its commits. */
    public static long timeOf(LogRecord entry) {
        return field(Doc.of(entry.header()), "time").asInt64();
    }

    private static void write(Bytes out, Commit commit, int group) {
        out.number(group).number(commit.branch()).number(commit.changes().size());
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            write(out, change, lsn++);
        }
        out.number(commit.results().size());
        for (RetryResult result : commit.results()) {
            out.uuid(result.key().session())
                    .number(result.key().txnNumber())
                    .number(result.key().statement())
                    .sized(result.result());
        }
    }

    /** The next commit of a payload. */
    static Commit read(Bytes.Reader in, long firstLsn, List<Origin> origins) {
        Origin origin = origins.get(in.size());
        long branch = in.number();
        int size = in.size();
        List<Change> changes = new ArrayList<>(Math.min(size, 1024));
        for (int i = 0; i < size; i++) {
            changes.add(read(in, firstLsn + i));
        }
        int resultCount = in.size();
        List<RetryResult> results = new ArrayList<>(Math.min(resultCount, 1024));
        for (int i = 0; i < resultCount; i++) {
            results.add(new RetryResult(new RetryKey(in.uuid(), in.number(), in.size()), in.sized()));
        }
        return new Commit(firstLsn, branch, origin, changes, results);
    }

    /** Ids are written as the distance from the change's own LSN: small numbers for what is new. */
    private static void write(Bytes out, Change change, long lsn) {
        out.number(change.kind().code);
        switch (change.kind()) {
            case PUT -> {
                Change.Put c = (Change.Put) change;
                out.number(lsn - c.collection()).number(lsn - c.recordId()).raw(c.document());
            }
            case DELETE -> {
                Change.Delete c = (Change.Delete) change;
                out.number(lsn - c.collection()).number(lsn - c.recordId());
            }
            case CREATE_COLLECTION -> {
                Change.CreateCollection c = (Change.CreateCollection) change;
                out.text(c.name()).sized(c.options());
            }
            case DROP_COLLECTION -> out.number(lsn - ((Change.DropCollection) change).collection());
            case CREATE_INDEX -> {
                Change.CreateIndex c = (Change.CreateIndex) change;
                out.number(lsn - c.collection()).sized(c.spec());
            }
            case DROP_INDEX -> {
                Change.DropIndex c = (Change.DropIndex) change;
                out.number(lsn - c.collection()).number(lsn - c.index());
            }
            case CREATE_BRANCH -> {
                Change.CreateBranch c = (Change.CreateBranch) change;
                out.text(c.name()).number(lsn - c.parent()).number(lsn - c.base());
            }
            case DROP_BRANCH -> out.number(lsn - ((Change.DropBranch) change).branch());
            case RENAME_BRANCH -> {
                Change.RenameBranch c = (Change.RenameBranch) change;
                out.number(lsn - c.branch()).text(c.name());
            }
            case CREATE_PROJECT -> out.text(((Change.CreateProject) change).name());
            case DROP_PROJECT -> out.number(lsn - ((Change.DropProject) change).project());
            case ADOPT_PROJECT -> out.text(((Change.AdoptProject) change).name());
            case OPEN_PROJECT -> out.number(lsn - ((Change.OpenProject) change).project());
            case RENAME_COLLECTION -> {
                Change.RenameCollection c = (Change.RenameCollection) change;
                out.number(lsn - c.collection()).text(c.name());
            }
            case ALTER_COLLECTION -> {
                Change.AlterCollection c = (Change.AlterCollection) change;
                out.number(lsn - c.collection()).sized(c.options());
            }
            case ALTER_INDEX -> {
                Change.AlterIndex c = (Change.AlterIndex) change;
                out.number(lsn - c.collection()).number(lsn - c.index()).sized(c.spec());
            }
            case PATCH -> {
                Change.Patch c = (Change.Patch) change;
                out.number(lsn - c.collection()).number(lsn - c.recordId()).sized(c.delta());
            }
            case CREATE_TAG -> {
                Change.CreateTag c = (Change.CreateTag) change;
                out.text(c.name()).number(lsn - c.branch()).number(lsn - c.lsn());
            }
            case DROP_TAG -> out.number(lsn - ((Change.DropTag) change).tag());
            case ALTER_BRANCH -> {
                Change.AlterBranch c = (Change.AlterBranch) change;
                out.number(lsn - c.branch()).sized(c.properties());
            }
            case ALTER_PROJECT -> out.sized(((Change.AlterProject) change).properties());
            case RESTORE_BRANCH -> {
                Change.RestoreBranch c = (Change.RestoreBranch) change;
                out.number(lsn - c.branch()).text(c.name());
            }
            case RESET -> {
                Change.Reset c = (Change.Reset) change;
                out.number(lsn - c.from()).number(lsn - c.lsn());
            }
            case MERGE -> {
                Change.Merge c = (Change.Merge) change;
                out.number(lsn - c.from()).number(lsn - c.lsn());
            }
            case MARK -> {}
            case CREATE_PARTIAL_BRANCH -> {
                Change.CreateBranch c = (Change.CreateBranch) change;
                out.text(c.name())
                        .number(lsn - c.parent())
                        .number(lsn - c.base())
                        .sized(scope(c));
            }
            case RESTORE_COLLECTION -> {
                Change.RestoreCollection c = (Change.RestoreCollection) change;
                out.number(lsn - c.from())
                        .number(lsn - c.lsn())
                        .number(lsn - c.collection())
                        .text(c.name());
            }
            case PICK -> {
                Change.Pick c = (Change.Pick) change;
                out.number(lsn - c.from()).number(lsn - c.lsn()).text(c.by());
            }
        }
    }

    private static Change read(Bytes.Reader in, long lsn) {
        return switch (Change.Kind.of(in.size())) {
            case PUT -> new Change.Put(lsn - in.number(), lsn - in.number(), in.document());
            case DELETE -> new Change.Delete(lsn - in.number(), lsn - in.number());
            case CREATE_COLLECTION -> new Change.CreateCollection(in.text(), in.sized());
            case DROP_COLLECTION -> new Change.DropCollection(lsn - in.number());
            case CREATE_INDEX -> new Change.CreateIndex(lsn - in.number(), in.sized());
            case DROP_INDEX -> new Change.DropIndex(lsn - in.number(), lsn - in.number());
            case CREATE_BRANCH -> new Change.CreateBranch(in.text(), lsn - in.number(), lsn - in.number());
            case DROP_BRANCH -> new Change.DropBranch(lsn - in.number());
            case RENAME_BRANCH -> new Change.RenameBranch(lsn - in.number(), in.text());
            case CREATE_PROJECT -> new Change.CreateProject(in.text());
            case DROP_PROJECT -> new Change.DropProject(lsn - in.number());
            case ADOPT_PROJECT -> new Change.AdoptProject(in.text());
            case OPEN_PROJECT -> new Change.OpenProject(lsn - in.number());
            case RENAME_COLLECTION -> new Change.RenameCollection(lsn - in.number(), in.text());
            case ALTER_COLLECTION -> new Change.AlterCollection(lsn - in.number(), in.sized());
            case ALTER_INDEX -> new Change.AlterIndex(lsn - in.number(), lsn - in.number(), in.sized());
            case PATCH -> new Change.Patch(lsn - in.number(), lsn - in.number(), in.sized(), null);
            case CREATE_TAG -> new Change.CreateTag(in.text(), lsn - in.number(), lsn - in.number());
            case DROP_TAG -> new Change.DropTag(lsn - in.number());
            case ALTER_BRANCH -> new Change.AlterBranch(lsn - in.number(), in.sized());
            case ALTER_PROJECT -> new Change.AlterProject(in.sized());
            case RESTORE_BRANCH -> new Change.RestoreBranch(lsn - in.number(), in.text());
            case RESET -> new Change.Reset(lsn - in.number(), lsn - in.number());
            case MERGE -> new Change.Merge(lsn - in.number(), lsn - in.number());
            case MARK -> new Change.Mark();
            case CREATE_PARTIAL_BRANCH ->
                new Change.CreateBranch(in.text(), lsn - in.number(), lsn - in.number(), in.sized());
            case RESTORE_COLLECTION ->
                new Change.RestoreCollection(lsn - in.number(), lsn - in.number(), lsn - in.number(), in.text());
            case PICK -> new Change.Pick(lsn - in.number(), lsn - in.number(), in.text());
        };
    }

    private static byte[] scope(Change.CreateBranch create) {
        return Objects.requireNonNull(create.scope(), "scope");
    }

    private static byte[] header(WalRecord record, Map<Origin, Group> groups) {
        DocBuilder header = new DocBuilder(256)
                .append("v", VERSION)
                .appendTimestamp("time", record.time())
                .appendDate("at", record.millis())
                .startArray("commits");
        groups.forEach((origin, group) -> {
            header.addDocument()
                    .append("branch", origin.branch())
                    .append("actor", origin.actor())
                    .append("command", origin.command())
                    .append("ns", origin.namespace());
            if (!origin.message().isEmpty()) {
                header.append("msg", origin.message());
            }
            header.startDocument("ops");
            group.operations.forEach((kind, n) -> header.append(kind.label, n));
            header.end().end();
        });
        return header.end().build();
    }

    private static byte[] pack(byte[] raw, Compression compression) {
        if (raw.length > PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException("a record of " + raw.length + " bytes");
        }
        if (raw.length >= COMPRESS_FROM_BYTES) {
            byte[] packed = compression.compress(raw);
            if (packed.length <= raw.length - raw.length / SAVED_FRACTION_MIN) {
                return checked(new Bytes(packed.length + 6)
                        .number(ZSTD)
                        .number(raw.length)
                        .raw(packed)
                        .array());
            }
        }
        return checked(new Bytes(raw.length + 1).number(PLAIN).raw(raw).array());
    }

    /** Bytes followed by their checksum. */
    static byte[] checked(byte[] bytes) {
        byte[] all = Arrays.copyOf(bytes, bytes.length + CHECKSUM_BYTES);
        Bson.putInt32(all, bytes.length, checksum(all, bytes.length));
        return all;
    }

    private static int checksum(byte[] payload, int end) {
        CRC32C crc = new CRC32C();
        crc.update(payload, 0, end);
        return (int) crc.getValue();
    }

    /** The payload as it was before compression, its checksum verified; what the benchmark measures as the floor of replay. */
    public static byte[] decompress(byte[] payload) {
        try (Compression compression = new Compression()) {
            return unpack(payload, compression);
        }
    }

    /** The same for who does it often. */
    static byte[] unpack(byte[] payload, Compression compression) {
        int end = payload.length - CHECKSUM_BYTES;
        if (end < 1 || Bson.int32(payload, end) != checksum(payload, end)) {
            throw new IllegalArgumentException("its payload of " + payload.length + " bytes fails its checksum");
        }
        Bytes.Reader in = new Bytes.Reader(payload, 0);
        int form = in.size();
        if (form == PLAIN) {
            return in.raw(end - in.position());
        }
        if (form != ZSTD) {
            throw new IllegalArgumentException("unknown compression " + form);
        }
        int size = in.size();
        if (size > PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException("payload of " + size + " bytes");
        }
        byte[] raw = new byte[size];
        int at = in.position();
        int done = compression.decompress(raw, payload, at, end - at);
        if (done != size) {
            throw new IllegalArgumentException("zstd gave " + done + " of " + size + " bytes");
        }
        return raw;
    }

    static Value field(Doc doc, String name) {
        return Objects.requireNonNull(doc.get(name), name);
    }

    /** Commits of one origin, counted for the header. */
    private static final class Group {
        final int index;
        final Map<Change.Kind, Integer> operations = new TreeMap<>();

        Group(int index) {
            this.index = index;
        }

        void count(Commit commit) {
            for (Change change : commit.changes()) {
                operations.merge(counted(change.kind()), 1, Integer::sum);
            }
        }

        /** How a version is written down is nothing that people did: for them a patch is a put. */
        private static Change.Kind counted(Change.Kind kind) {
            return kind == Change.Kind.PATCH ? Change.Kind.PUT : kind;
        }
    }
}
