package dev.offshoot.wal;

import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One physical outcome, at one LSN (decision 2). Replaying it needs no filter, operator, clock or chance.
 *
 * <p>Ids are the LSNs of what made the thing. Before a commit has its LSNs, a change names things that the same commit makes by
 * {@link #made}; {@link #bind} replaces such ids by LSNs.
 */
public sealed interface Change {
    /** A change of one document. */
    sealed interface OfDocument extends Change permits Put, Patch, Delete {
        /** The LSN that made the collection. */
        long collection();

        /** The LSN that inserted the document. */
        long recordId();
    }

    /** Inserts or replaces a document; {@code recordId} is the LSN of its insertion. */
    record Put(long collection, long recordId, byte[] document) implements OfDocument {
        @Override
        public Kind kind() {
            return Kind.PUT;
        }

        @Override
        public Change bind(long firstLsn) {
            return collection < 0 || recordId < 0
                    ? new Put(resolve(collection, firstLsn), resolve(recordId, firstLsn), document)
                    : this;
        }
    }

    /**
     * Replaces a document that is there by another version.
     *
     * @param delta what makes it of the version before, see {@link Delta}
     * @param document the new version itself where it is at hand, so that nobody has to make it; null in a change read from a log
     */
    record Patch(long collection, long recordId, byte[] delta, byte @Nullable [] document) implements OfDocument {
        @Override
        public Kind kind() {
            return Kind.PATCH;
        }

        @Override
        public Change bind(long firstLsn) {
            return collection < 0 || recordId < 0
                    ? new Patch(resolve(collection, firstLsn), resolve(recordId, firstLsn), delta, document)
                    : this;
        }
    }

    /** Removes a document. */
    record Delete(long collection, long recordId) implements OfDocument {
        @Override
        public Kind kind() {
            return Kind.DELETE;
        }

        @Override
        public Change bind(long firstLsn) {
            return collection < 0 || recordId < 0
                    ? new Delete(resolve(collection, firstLsn), resolve(recordId, firstLsn))
                    : this;
        }
    }

    /** Makes a collection, whose id is this change's LSN. {@code options} is raw BSON, as {@code create} got it, and its uuid. */
    record CreateCollection(String name, byte[] options) implements Change {
        @Override
        public Kind kind() {
            return Kind.CREATE_COLLECTION;
        }
    }

    /** Removes a collection with its documents and indexes. */
    record DropCollection(long collection) implements Change {
        @Override
        public Kind kind() {
            return Kind.DROP_COLLECTION;
        }

        @Override
        public Change bind(long firstLsn) {
            return collection < 0 ? new DropCollection(resolve(collection, firstLsn)) : this;
        }
    }

    /** Makes an index, whose id is this change's LSN, and builds it from the documents. {@code spec} is raw BSON. */
    record CreateIndex(long collection, byte[] spec) implements Change {
        @Override
        public Kind kind() {
            return Kind.CREATE_INDEX;
        }

        @Override
        public Change bind(long firstLsn) {
            return new CreateIndex(resolve(collection, firstLsn), spec);
        }
    }

    /** Removes an index. */
    record DropIndex(long collection, long index) implements Change {
        @Override
        public Kind kind() {
            return Kind.DROP_INDEX;
        }

        @Override
        public Change bind(long firstLsn) {
            return collection < 0 || index < 0
                    ? new DropIndex(resolve(collection, firstLsn), resolve(index, firstLsn))
                    : this;
        }
    }

    /**
     * Makes a branch, whose id is this change's LSN, at a position of another one. The first branch of a project has parent 0 and
     * base 0.
     *
     * @param scope what of the parent it shows, raw BSON; null for all of it
     */
    record CreateBranch(String name, long parent, long base, byte @Nullable [] scope) implements Change {
        public CreateBranch(String name, long parent, long base) {
            this(name, parent, base, null);
        }

        @Override
        public Kind kind() {
            return scope == null ? Kind.CREATE_BRANCH : Kind.CREATE_PARTIAL_BRANCH;
        }
    }

    /** Removes a branch; its history stays. */
    record DropBranch(long branch) implements Change {
        @Override
        public Kind kind() {
            return Kind.DROP_BRANCH;
        }
    }

    /** Gives a branch another name. */
    record RenameBranch(long branch, String name) implements Change {
        @Override
        public Kind kind() {
            return Kind.RENAME_BRANCH;
        }
    }

    /** Makes a project, whose id is this change's LSN. Only in the system log. */
    record CreateProject(String name) implements Change {
        @Override
        public Kind kind() {
            return Kind.CREATE_PROJECT;
        }
    }

    /** Removes a project; its log stays. The last record of the project's own log, and then one of the system log. */
    record DropProject(long project) implements Change {
        @Override
        public Kind kind() {
            return Kind.DROP_PROJECT;
        }
    }

    /**
     * Begins to bring a project in from elsewhere; the project's id is this change's LSN. It has the name, and nobody sees it before
     * {@link OpenProject}. Only in the system log.
     */
    record AdoptProject(String name) implements Change {
        @Override
        public Kind kind() {
            return Kind.ADOPT_PROJECT;
        }
    }

    /** Ends to bring a project in: from now on it is one like any other. Only in the system log. */
    record OpenProject(long project) implements Change {
        @Override
        public Kind kind() {
            return Kind.OPEN_PROJECT;
        }
    }

    /** Gives a collection or view another name; nothing else changes, as everything names it by its id. */
    record RenameCollection(long collection, String name) implements Change {
        @Override
        public Kind kind() {
            return Kind.RENAME_COLLECTION;
        }

        @Override
        public Change bind(long firstLsn) {
            return new RenameCollection(resolve(collection, firstLsn), name);
        }
    }

    /** Gives a collection or view other options: all of them, as in {@link CreateCollection}. */
    record AlterCollection(long collection, byte[] options) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER_COLLECTION;
        }

        @Override
        public Change bind(long firstLsn) {
            return collection < 0 ? new AlterCollection(resolve(collection, firstLsn), options) : this;
        }
    }

    /** Gives an index another specification with the same keys: all of it, as in {@link CreateIndex}. */
    record AlterIndex(long collection, long index, byte[] spec) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER_INDEX;
        }

        @Override
        public Change bind(long firstLsn) {
            return collection < 0 || index < 0
                    ? new AlterIndex(resolve(collection, firstLsn), resolve(index, firstLsn), spec)
                    : this;
        }
    }

    /** Names a position of a branch for good; the tag's id is this change's LSN. */
    record CreateTag(String name, long branch, long lsn) implements Change {
        @Override
        public Kind kind() {
            return Kind.CREATE_TAG;
        }
    }

    /** Removes a tag. */
    record DropTag(long tag) implements Change {
        @Override
        public Kind kind() {
            return Kind.DROP_TAG;
        }
    }

    /** Gives a branch other properties, raw BSON: all of them. */
    record AlterBranch(long branch, byte[] properties) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER_BRANCH;
        }

        @Override
        public Change bind(long firstLsn) {
            return branch < 0 ? new AlterBranch(resolve(branch, firstLsn), properties) : this;
        }
    }

    /** Gives the project other properties, raw BSON: all of them. */
    record AlterProject(byte[] properties) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER_PROJECT;
        }
    }

    /** Brings a branch back that was removed, as it was then. */
    record RestoreBranch(long branch, String name) implements Change {
        @Override
        public Kind kind() {
            return Kind.RESTORE_BRANCH;
        }
    }

    /**
     * Makes the state of the commit's branch that of a position; the rest of the commit goes on top. The first change of its commit.
     *
     * @param from the branch of the position
     * @param lsn of the position, below this change's own
     */
    record Reset(long from, long lsn) implements Change {
        @Override
        public Kind kind() {
            return Kind.RESET;
        }
    }

    /**
     * Says that the commit's branch holds from now on all that a position has. Changes nothing else. The first change of its commit.
     *
     * @param from the branch of the position
     * @param lsn of the position, below this change's own
     */
    record Merge(long from, long lsn) implements Change {
        @Override
        public Kind kind() {
            return Kind.MERGE;
        }
    }

    /** Changes nothing: a position of a branch for the sake of its commit's message. */
    record Mark() implements Change {
        @Override
        public Kind kind() {
            return Kind.MARK;
        }
    }

    /**
     * Says that the commit does again what another one did: it was picked. Changes nothing else.
     *
     * @param from the branch of that commit
     * @param lsn the last one of that commit, below this change's own
     * @param by who picked it: the commit's origin is that of what was picked
     */
    record Pick(long from, long lsn, String by) implements Change {
        @Override
        public Kind kind() {
            return Kind.PICK;
        }
    }

    /**
     * Brings a collection to the branch as it was at a position, with its ids, documents and indexes. The branch has none with this id or
     * name.
     *
     * @param from the branch of the position
     * @param lsn of the position, below this change's own
     * @param name what it is called from now on
     */
    record RestoreCollection(long from, long lsn, long collection, String name) implements Change {
        @Override
        public Kind kind() {
            return Kind.RESTORE_COLLECTION;
        }
    }

    /** The id of what the change at this index of the same commit makes; of commits that go together, counted from the first of them. */
    static long made(int index) {
        return -1L - index;
    }

    /** The change that replaces a document by its next version: a {@link Patch} where that is much less than the whole. */
    static Change update(long collection, long recordId, byte[] before, byte[] after) {
        byte[] delta = Delta.between(before, after);
        return delta == null ? new Put(collection, recordId, after) : new Patch(collection, recordId, delta, after);
    }

    /** Which change this is; its {@link Kind#code} stands in the log. */
    Kind kind();

    /** This change with the ids it takes from its own commit. */
    default Change bind(long firstLsn) {
        return this;
    }

    /**
     * The other way round: this change with what was made at or above an LSN named by {@link #made}, counted from that LSN. A collection that
     * is brought back from a past position is named as that has it.
     */
    default Change unbind(long firstLsn) {
        LongUnaryOperator id = bound -> bound >= firstLsn ? made((int) (bound - firstLsn)) : bound;
        return switch (kind()) {
            case PUT -> {
                Put c = (Put) this;
                yield new Put(id.applyAsLong(c.collection), id.applyAsLong(c.recordId), c.document);
            }
            case PATCH -> {
                Patch c = (Patch) this;
                yield new Patch(id.applyAsLong(c.collection), id.applyAsLong(c.recordId), c.delta, c.document);
            }
            case DELETE -> {
                Delete c = (Delete) this;
                yield new Delete(id.applyAsLong(c.collection), id.applyAsLong(c.recordId));
            }
            case DROP_COLLECTION -> new DropCollection(id.applyAsLong(((DropCollection) this).collection));
            case CREATE_INDEX -> {
                CreateIndex c = (CreateIndex) this;
                yield new CreateIndex(id.applyAsLong(c.collection), c.spec);
            }
            case DROP_INDEX -> {
                DropIndex c = (DropIndex) this;
                yield new DropIndex(id.applyAsLong(c.collection), id.applyAsLong(c.index));
            }
            case RENAME_COLLECTION -> {
                RenameCollection c = (RenameCollection) this;
                yield new RenameCollection(id.applyAsLong(c.collection), c.name);
            }
            case ALTER_COLLECTION -> {
                AlterCollection c = (AlterCollection) this;
                yield new AlterCollection(id.applyAsLong(c.collection), c.options);
            }
            case ALTER_INDEX -> {
                AlterIndex c = (AlterIndex) this;
                yield new AlterIndex(id.applyAsLong(c.collection), id.applyAsLong(c.index), c.spec);
            }
            default -> this;
        };
    }

    private static long resolve(long id, long firstLsn) {
        return id < 0 ? firstLsn + (-1 - id) : id;
    }

    /** The kinds of change with their codes in the log and their names in a record's header. */
    enum Kind {
        PUT(1, "put"),
        DELETE(2, "delete"),
        CREATE_COLLECTION(3, "createCollection"),
        DROP_COLLECTION(4, "dropCollection"),
        CREATE_INDEX(5, "createIndex"),
        DROP_INDEX(6, "dropIndex"),
        CREATE_BRANCH(7, "createBranch"),
        DROP_BRANCH(8, "dropBranch"),
        RENAME_BRANCH(9, "renameBranch"),
        CREATE_PROJECT(10, "createProject"),
        DROP_PROJECT(11, "dropProject"),
        RENAME_COLLECTION(12, "renameCollection"),
        ALTER_COLLECTION(13, "alterCollection"),
        ALTER_INDEX(14, "alterIndex"),
        PATCH(15, "patch"),
        ADOPT_PROJECT(16, "adoptProject"),
        OPEN_PROJECT(17, "openProject"),
        CREATE_TAG(18, "createTag"),
        DROP_TAG(19, "dropTag"),
        ALTER_BRANCH(20, "alterBranch"),
        ALTER_PROJECT(21, "alterProject"),
        RESTORE_BRANCH(22, "restoreBranch"),
        RESET(23, "reset"),
        MERGE(24, "merge"),
        MARK(25, "mark"),
        CREATE_PARTIAL_BRANCH(26, "createPartialBranch"),
        RESTORE_COLLECTION(27, "restoreCollection"),
        PICK(28, "pick");

        private static final Kind[] ALL = values();

        final int code;
        final String label;

        Kind(int code, String label) {
            this.code = code;
            this.label = label;
        }

        /** Its name in a record's header. */
        public String label() {
            return label;
        }

        /** Whether what collections are called may be another thing after a change whose label this is. */
        public static boolean names(String label) {
            return label.equals(CREATE_COLLECTION.label)
                    || label.equals(DROP_COLLECTION.label)
                    || label.equals(RENAME_COLLECTION.label)
                    || label.equals(RESTORE_COLLECTION.label);
        }

        static Kind of(int code) {
            if (code < 1 || code > ALL.length) {
                throw new IllegalArgumentException("unknown kind of change " + code);
            }
            return ALL[code - 1];
        }
    }
}
