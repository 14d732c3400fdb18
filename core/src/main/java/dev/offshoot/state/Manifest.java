package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.page.PageRoot;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.wal.LogEnd;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What a checkpoint is found by: the position it holds, and the roots of its trees in pages.
 *
 * @param log the log it belongs to
 * @param end the last record it holds
 * @param ended whether the project was dropped
 * @param branches the catalog by id
 * @param names the catalog by name
 * @param states the states of the branches, by id
 * @param kept states at past positions that stay readable whatever their age
 * @param tags of the catalog, by name
 * @param lineage resets and merges of the catalog
 * @param restores collections that were brought back, of the catalog
 * @param properties of the project
 * @param retries results of retryable writes
 * @param createdMillis when it was made, milliseconds since 1970
 */
public record Manifest(
        String log,
        LogEnd end,
        boolean ended,
        PageRoot branches,
        PageRoot names,
        PageRoot tags,
        PageRoot lineage,
        PageRoot restores,
        Doc properties,
        PageRoot states,
        PageRoot kept,
        PageRoot retries,
        long createdMillis) {
    private static final int VERSION = 2;
    private static final int CRC_BYTES = 4;

    /** How many branches it has a state of. */
    public long branchCount() {
        return states.size();
    }

    /** The page that everything else but the catalog is reached from, in hexadecimal. */
    public String rootPage() {
        return states.id().toString();
    }

    /** The LSN whose state the checkpoint holds. */
    public long lsn() {
        return end.lsn();
    }

    /** The same checkpoint of a log that was copied under another id. */
    Manifest ofLog(String id) {
        return new Manifest(
                id,
                end,
                ended,
                branches,
                names,
                tags,
                lineage,
                restores,
                properties,
                states,
                kept,
                retries,
                createdMillis);
    }

    /** Whether both name the same trees. */
    boolean hasRootsOf(Manifest other) {
        return branches.equals(other.branches)
                && names.equals(other.names)
                && tags.equals(other.tags)
                && lineage.equals(other.lineage)
                && restores.equals(other.restores)
                && properties.equals(other.properties)
                && states.equals(other.states)
                && kept.equals(other.kept)
                && retries.equals(other.retries);
    }

    /** BSON, and behind it the CRC32C of it as four bytes, low ones first. */
    byte[] toBytes() {
        byte[] doc = new DocBuilder(512)
                .append("v", VERSION)
                .append("log", log)
                .append("lsn", end.lsn())
                .appendTimestamp("time", end.time())
                .appendDate("at", end.millis())
                .append("ended", ended)
                .append("branches", Value.binary(branches.toBytes()))
                .append("names", Value.binary(names.toBytes()))
                .append("tags", Value.binary(tags.toBytes()))
                .append("lineage", Value.binary(lineage.toBytes()))
                .append("restores", Value.binary(restores.toBytes()))
                .append("properties", properties)
                .append("states", Value.binary(states.toBytes()))
                .append("kept", Value.binary(kept.toBytes()))
                .append("retries", Value.binary(retries.toBytes()))
                .appendDate("created", createdMillis)
                .build();
        byte[] bytes = Arrays.copyOf(doc, doc.length + CRC_BYTES);
        int crc = crc(doc, doc.length);
        for (int i = 0; i < CRC_BYTES; i++) {
            bytes[doc.length + i] = (byte) (crc >>> (8 * i));
        }
        return bytes;
    }

    /**
     * Reads what {@link #toBytes} gave.
     *
     * @throws CorruptionException for other bytes, or a manifest of another log or LSN
     */
    static Manifest of(byte[] bytes, String log, long lsn) {
        Manifest manifest = ofAnyLog(bytes, log, lsn);
        if (!manifest.log.equals(log)) {
            throw new CorruptionException("checkpoint " + lsn + " of log " + log + ": found the manifest of LSN "
                    + manifest.lsn() + " of log " + manifest.log);
        }
        return manifest;
    }

    /**
     * The same, also for the manifest of another log.
     *
     * @param log for messages
     */
    static Manifest ofAnyLog(byte[] bytes, String log, long lsn) {
        String place = "checkpoint " + lsn + " of log " + log;
        int length = bytes.length - CRC_BYTES;
        if (length < CRC_BYTES + 1) {
            throw new CorruptionException(place + ": expected a manifest, found " + bytes.length + " bytes");
        }
        int found = 0;
        for (int i = 0; i < CRC_BYTES; i++) {
            found |= (bytes[length + i] & 0xFF) << (8 * i);
        }
        int expected = crc(bytes, length);
        if (found != expected) {
            throw new CorruptionException(
                    String.format("%s: expected the checksum %08x, found %08x", place, expected, found));
        }
        Manifest manifest = of(Doc.of(Arrays.copyOf(bytes, length)), place);
        if (manifest.lsn() != lsn) {
            throw new CorruptionException(
                    place + ": found the manifest of LSN " + manifest.lsn() + " of log " + manifest.log);
        }
        return manifest;
    }

    private static Manifest of(Doc doc, String place) {
        int version = Fields.need(doc, "v").asInt32();
        if (version != VERSION) {
            throw new CorruptionException(place + ": expected version " + VERSION + ", found " + version
                    + "; use the Offshoot that wrote it, or a newer one");
        }
        return new Manifest(
                Fields.need(doc, "log").asString(),
                new LogEnd(
                        Fields.need(doc, "lsn").asInt64(),
                        Fields.need(doc, "time").asInt64(),
                        Fields.need(doc, "at").asInt64()),
                Fields.need(doc, "ended").asBoolean(),
                PageRoot.of(Fields.need(doc, "branches").asBinary()),
                PageRoot.of(Fields.need(doc, "names").asBinary()),
                PageRoot.of(Fields.need(doc, "tags").asBinary()),
                PageRoot.of(Fields.need(doc, "lineage").asBinary()),
                PageRoot.of(Fields.need(doc, "restores").asBinary()),
                Fields.need(doc, "properties").asDoc(),
                PageRoot.of(Fields.need(doc, "states").asBinary()),
                PageRoot.of(Fields.need(doc, "kept").asBinary()),
                PageRoot.of(Fields.need(doc, "retries").asBinary()),
                Fields.need(doc, "created").asInt64());
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
