package dev.offshoot.wal;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Records of all kinds of changes that follow from a seed. */
final class RandomRecords {
    private final Random random;
    private long lsn;

    RandomRecords(long seed) {
        random = new Random(seed);
        lsn = 1 + Math.abs(random.nextLong() >>> (1 + random.nextInt(62)));
    }

    WalRecord next() {
        return record(1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 5), 5_000);
    }

    /** Some hundred bytes. */
    WalRecord small() {
        return record(1 + random.nextInt(3), 60);
    }

    /** A change as text, with its bytes. */
    static String text(Change change) {
        if (change instanceof Change.Put put) {
            return "put " + put.collection() + " " + put.recordId() + " " + hash(put.document());
        }
        if (change instanceof Change.Patch patch) {
            return "patch " + patch.collection() + " " + patch.recordId() + " " + hash(patch.delta());
        }
        if (change instanceof Change.CreateCollection create) {
            return "create " + create.name() + " " + hash(create.options());
        }
        if (change instanceof Change.CreateIndex create) {
            return "index " + create.collection() + " " + hash(create.spec());
        }
        if (change instanceof Change.AlterCollection alter) {
            return "alter " + alter.collection() + " " + hash(alter.options());
        }
        if (change instanceof Change.AlterIndex alter) {
            return "alter " + alter.collection() + " " + alter.index() + " " + hash(alter.spec());
        }
        if (change instanceof Change.CreateBranch create) {
            byte[] scope = create.scope();
            return "branch " + create.name() + " " + create.parent() + " " + create.base() + " "
                    + (scope == null ? "whole" : hash(scope));
        }
        if (change instanceof Change.AlterBranch alter) {
            return "properties of " + alter.branch() + " " + hash(alter.properties());
        }
        if (change instanceof Change.AlterProject alter) {
            return "properties " + hash(alter.properties());
        }
        return change.toString();
    }

    static String text(RetryResult result) {
        return result.key() + " " + hash(result.result());
    }

    private static String hash(byte[] bytes) {
        return bytes.length < 100 ? HexFormat.of().formatHex(bytes) : bytes.length + "/" + Arrays.hashCode(bytes);
    }

    private WalRecord record(int commits, int documentBytes) {
        long first = lsn;
        List<Commit> all = new ArrayList<>();
        for (int i = 0; i < commits; i++) {
            Commit commit = commit(documentBytes);
            all.add(commit);
            lsn = commit.lastLsn() + 1;
        }
        return new WalRecord(first, random.nextLong(), random.nextLong(), all);
    }

    private Commit commit(int documentBytes) {
        List<Change> changes = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            changes.add(change(lsn + changes.size(), documentBytes));
        }
        List<RetryResult> results = new ArrayList<>();
        while (random.nextInt(3) == 0) {
            UUID session = new UUID(random.nextLong(), random.nextLong());
            RetryKey key = new RetryKey(session, random.nextLong() >>> 1, random.nextInt(Integer.MAX_VALUE));
            results.add(new RetryResult(key, document(50)));
        }
        return new Commit(lsn, id(lsn), origin(), changes, results);
    }

    private Change change(long at, int documentBytes) {
        Change.Kind[] kinds = Change.Kind.values();
        return switch (kinds[random.nextInt(kinds.length)]) {
            case PUT -> new Change.Put(id(at), random.nextBoolean() ? at : id(at), document(documentBytes));
            case DELETE -> new Change.Delete(id(at), id(at));
            case CREATE_COLLECTION -> new Change.CreateCollection(name(), document(40));
            case DROP_COLLECTION -> new Change.DropCollection(id(at));
            case CREATE_INDEX -> new Change.CreateIndex(id(at), document(40));
            case DROP_INDEX -> new Change.DropIndex(id(at), id(at));
            case CREATE_BRANCH -> new Change.CreateBranch(name(), id(at), id(at));
            case DROP_BRANCH -> new Change.DropBranch(id(at));
            case RENAME_BRANCH -> new Change.RenameBranch(id(at), name());
            case CREATE_PROJECT -> new Change.CreateProject(name());
            case DROP_PROJECT -> new Change.DropProject(id(at));
            case ADOPT_PROJECT -> new Change.AdoptProject(name());
            case OPEN_PROJECT -> new Change.OpenProject(id(at));
            case RENAME_COLLECTION -> new Change.RenameCollection(id(at), name());
            case ALTER_COLLECTION -> new Change.AlterCollection(id(at), document(40));
            case ALTER_INDEX -> new Change.AlterIndex(id(at), id(at), document(40));
            case PATCH -> new Change.Patch(id(at), id(at), document(100), null);
            case CREATE_TAG -> new Change.CreateTag(name(), id(at), id(at));
            case DROP_TAG -> new Change.DropTag(id(at));
            case ALTER_BRANCH -> new Change.AlterBranch(id(at), document(40));
            case ALTER_PROJECT -> new Change.AlterProject(document(40));
            case RESTORE_BRANCH -> new Change.RestoreBranch(id(at), name());
            case RESET -> new Change.Reset(id(at), id(at));
            case MERGE -> new Change.Merge(id(at), id(at));
            case MARK -> new Change.Mark();
            case PICK -> new Change.Pick(id(at), id(at), name());
            case CREATE_PARTIAL_BRANCH -> new Change.CreateBranch(name(), id(at), id(at), document(40));
            case RESTORE_COLLECTION -> new Change.RestoreCollection(id(at), id(at), id(at), name());
        };
    }

    private long id(long at) {
        return random.nextInt(5) == 0 ? 0 : Math.floorMod(random.nextLong(), at);
    }

    private Origin origin() {
        return new Origin("actor-" + random.nextInt(3), "update", name(), name(), random.nextBoolean() ? "" : name());
    }

    private String name() {
        return "name-äß-" + "x".repeat(random.nextInt(20)) + random.nextInt(5);
    }

    private byte[] document(int bytesMax) {
        byte[] data = new byte[random.nextInt(bytesMax)];
        if (random.nextBoolean()) {
            random.nextBytes(data);
        }
        return new DocBuilder().append("data", Value.binary(data)).build();
    }
}
