package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A document of ours that the merge touches, or one that it brings: what it is and what it becomes. Not thread safe. */
final class MergedRecord {
    /**
     * One version of it.
     *
     * @param document raw BSON
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Stored(MergeConflict.Place place, byte[] document) {
        static @Nullable Stored of(MergeConflict.Of of, long collection, long record, byte @Nullable [] document) {
            return document == null ? null : new Stored(new MergeConflict.Place(of, collection, record), document);
        }

        long record() {
            return place.record();
        }

        MergeConflict.Side side() {
            return new MergeConflict.Side(place, Value.document(Doc.of(document)));
        }
    }

    private final Versions<Stored> versions;
    private long record;
    private byte @Nullable [] result;

    /** Whether somebody said that it may be as it is, whatever the validator says. */
    private boolean accepted;

    /** Whether ours stored it while it had another validator. */
    private boolean doubtful;

    /** One that stays as ours has it. */
    MergedRecord(Versions<Stored> versions) {
        this.versions = versions;
        Stored ours = versions.ours();
        Stored theirs = versions.theirs();
        Stored base = versions.base();
        Stored first = ours != null ? ours : theirs != null ? theirs : base;
        if (first == null) {
            throw new AssertionError("a document that is on no side");
        }
        this.record = first.record();
        this.result = ours == null ? null : ours.document();
    }

    Versions<Stored> versions() {
        return versions;
    }

    /** The document becomes this one; null for none. */
    void become(byte @Nullable [] document) {
        result = document;
    }

    /** Makes it the record that theirs has it in. */
    void moveTo(long other) {
        record = other;
    }

    byte @Nullable [] result() {
        return result;
    }

    byte @Nullable [] ours() {
        Stored ours = versions.ours();
        return ours == null ? null : ours.document();
    }

    /** Its record on our side, 0 where it is not there. */
    long recordOfOurs() {
        Stored ours = versions.ours();
        return ours == null ? 0 : ours.record();
    }

    /** Its record after the merge. */
    long record() {
        return record;
    }

    /** What it is found by: its record on our side, or else after the merge. */
    long key() {
        return versions.ours() == null ? record : recordOfOurs();
    }

    boolean isMoved() {
        return versions.ours() != null && record != recordOfOurs();
    }

    /** Whether it has another content than on our side. */
    boolean isChanged() {
        return !Arrays.equals(result, ours());
    }

    boolean isAccepted() {
        return accepted;
    }

    void accept() {
        accepted = true;
    }

    boolean isDoubtful() {
        return doubtful;
    }

    void doubt() {
        doubtful = true;
    }

    Value id() {
        for (Stored version : Arrays.asList(versions.theirs(), versions.ours(), versions.base())) {
            Value id = version == null ? null : Doc.of(version.document()).get("_id");
            if (id != null) {
                return id;
            }
        }
        throw new AssertionError("a document without an _id");
    }

    Versions<MergeConflict.Side> sides() {
        return new Versions<>(side(versions.base()), side(versions.ours()), side(versions.theirs()));
    }

    /** What it is now, for a conflict about that. */
    MergeConflict.Side resultSide() {
        for (Stored version : Arrays.asList(versions.ours(), versions.theirs(), versions.base())) {
            if (version != null && Arrays.equals(version.document(), result)) {
                return version.side();
            }
        }
        if (result == null) {
            throw new AssertionError("a conflict about a document that is removed");
        }
        return new MergeConflict.Side(null, Value.document(Doc.of(result)));
    }

    /** The version that a resolution by a side or by nothing takes, or the value. */
    void become(Resolution resolution) {
        Value value = resolution.value();
        Stored version = switch (resolution.take()) {
            case OURS -> versions.ours();
            case THEIRS -> versions.theirs();
            case BASE -> versions.base();
            case DROP, VALUE -> null;
        };
        become(value != null ? value.asDoc().toBytes() : version == null ? null : version.document());
    }

    private static MergeConflict.@Nullable Side side(@Nullable Stored version) {
        return version == null ? null : version.side();
    }
}
