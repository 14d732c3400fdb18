package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.RandomBson;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.Store;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.TestClocks;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A random program on one project by one thread, and the model it is held against: a copy of plain maps for every branch and
 * position. The model knows each LSN before the project does.
 */
final class RandomProgram {
    private static final long START_MILLIS = 1_795_000_000_000L;
    private static final Origin ORIGIN = new Origin("test", "model", "", "");
    private static final String[] NAMES = {"a", "b", "c"};
    private static final String[] BRANCH_NAMES = {"b1", "B1", "b2", "b3", "b4"};

    private final Random random;
    private final RandomBson bson;
    private Store store;
    private final AtomicLong millis = new AtomicLong(START_MILLIS);
    private final Projects projects;
    private final Project project;
    private final TreeMap<Long, ModelBranch> branches = new TreeMap<>();
    private final TreeMap<Long, Long> lsnAt = new TreeMap<>();
    private final List<Kept> kept = new ArrayList<>();
    private final Map<Step, Integer> steps = new EnumMap<>(Step.class);
    private long lsn = 1;
    private int nextUnique;

    /** What a program does. */
    enum Step {
        INSERT,
        UPDATE,
        PATCH,
        DELETE,
        INSERT_AGAIN,
        MIXED,
        NOTHING,
        REFUSED,
        CREATE_COLLECTION,
        DROP_COLLECTION,
        CREATE_INDEX,
        CREATE_UNIQUE_INDEX,
        DROP_INDEX,
        CREATE_VIEW,
        RENAME_COLLECTION,
        RENAME_OVER,
        ALTER_COLLECTION,
        ALTER_INDEX,
        FORK,
        FORK_PAST,
        DROP_BRANCH,
        RENAME_BRANCH,
        NAME_TAKEN,
        READ_PAST,
        CHECKPOINT,
        KEEP
    }

    /** A branch of the model: its states by the LSN they came with, the newest last. */
    private static final class ModelBranch {
        private final TreeMap<Long, PlainState> states = new TreeMap<>();
        private final long parent;
        private final long base;
        private String name;
        private boolean dropped;
        private PlainState head;

        ModelBranch(String name, long parent, long base, PlainState head) {
            this.name = name;
            this.parent = parent;
            this.base = base;
            this.head = head;
        }
    }

    /** A snapshot that was taken on the way and has to stay what it was. */
    record Kept(String where, Snapshot snapshot, PlainState expected) {}

    RandomProgram(long seed, Store store) {
        this.random = new Random(seed);
        this.bson = new RandomBson(random);
        this.store = store;
        this.projects = new Projects(store, new Materializer(1 << 20), CheckpointPolicy.onDemand(), clocks());
        this.project = projects.findOrCreate("shop", ORIGIN);
        branches.put(1L, new ModelBranch(Branch.MAIN, 0, 0, new PlainState()));
        lsnAt.put(millis.get(), lsn);
    }

    Project project() {
        return project;
    }

    LogStore log() {
        return store.log("p1");
    }

    Map<Step, Integer> steps() {
        return steps;
    }

    void run(int count) {
        for (int i = 0; i < count; i++) {
            Step step = Step.values()[random.nextInt(Step.values().length)];
            millis.addAndGet(random.nextInt(50) * 10L);
            if (step(step)) {
                steps.merge(step, 1, Integer::sum);
            }
            assertThat(project.lastLsn()).as("after %s", step).isEqualTo(lsn);
            lsnAt.put(millis.get(), lsn);
        }
    }

    /** Every branch at every LSN, and what was kept on the way, against the model. */
    ConsistencyCheck checkPast() {
        for (Kept one : kept) {
            assertThat(ConsistencyCheck.state(one.where, one.snapshot, one.expected)
                            .problems())
                    .isEmpty();
        }
        ConsistencyCheck last = null;
        for (Map.Entry<Long, ModelBranch> entry : branches.entrySet()) {
            Branch branch = project.catalog().branch(entry.getKey());
            assertThat(branch).isNotNull();
            for (long at = 0; branch != null && at <= lsn; at++) {
                last = ConsistencyCheck.state(branch.name() + "@" + at, project.at(branch, at), at(entry.getKey(), at));
                assertThat(last.problems()).isEmpty();
            }
        }
        lsnAt.forEach((time, at) -> assertThat(project.positionAt(time)).isEqualTo(at));
        assertThat(project.positionAt(START_MILLIS - 1)).isZero();
        return last == null ? ConsistencyCheck.state("nothing", Snapshot.EMPTY, new PlainState()) : last;
    }

    /** A state that was kept on the way, or any branch at any position as a project serves it now: this one, or the same reopened. */
    Kept anyState(Project served, Random chance) {
        if (!kept.isEmpty() && chance.nextInt(3) == 0) {
            return kept.get(chance.nextInt(kept.size()));
        }
        List<Long> ids = List.copyOf(branches.keySet());
        Branch branch = served.catalog().branch(ids.get(chance.nextInt(ids.size())));
        if (branch == null) {
            throw new AssertionError("a branch is gone");
        }
        long at = chance.nextInt(3) == 0 ? lsn : chance.nextInt((int) lsn + 1);
        return new Kept(branch.name() + "@" + at, served.at(branch, at), at(branch.id(), at));
    }

    void close() {
        projects.close();
    }

    /** The same project, read from its log by another engine. */
    Project reopen(Store again) {
        store = again;
        Project found =
                new Projects(again, new Materializer(1 << 20), CheckpointPolicy.onDemand(), clocks()).find("shop");
        if (found == null) {
            throw new AssertionError("the project is gone");
        }
        return found;
    }

    /** The heads as they were live against those of a project that was read from the log. */
    ConsistencyCheck compareHeads(Project replayed) {
        assertThat(replayed.lastTime()).isEqualTo(project.lastTime());
        assertThat(replayed.catalog().branches()).isEqualTo(project.catalog().branches());
        ConsistencyCheck last = null;
        for (Branch branch : project.catalog().branches()) {
            assertThat(replayed.head(branch).lsn())
                    .isEqualTo(project.head(branch).lsn());
            last = ConsistencyCheck.state(branch.name(), replayed.head(branch), at(branch.id(), lsn));
            assertThat(last.problems()).isEmpty();
        }
        return last == null ? ConsistencyCheck.state("nothing", Snapshot.EMPTY, new PlainState()) : last;
    }

    // ---- steps; each answers whether it could do its work

    private boolean step(Step step) {
        long id = anyBranch();
        return switch (step) {
            case INSERT -> write(id, inserts(id, new ArrayList<>(), 1 + random.nextInt(7)));
            case UPDATE -> write(id, updates(id, new ArrayList<>(), 1 + random.nextInt(6)));
            case PATCH -> write(id, patches(id));
            case DELETE -> write(id, deletes(id, new ArrayList<>(), 1 + random.nextInt(3)));
            case INSERT_AGAIN -> write(id, again(id));
            case MIXED -> write(id, mixed(id));
            case NOTHING -> nothing(id);
            case REFUSED -> refused(id);
            case CREATE_COLLECTION -> createCollection(id);
            case DROP_COLLECTION -> dropCollection(id);
            case CREATE_INDEX -> createIndex(id, "v", false);
            case CREATE_UNIQUE_INDEX -> createIndex(id, "u", true);
            case DROP_INDEX -> dropIndex(id);
            case CREATE_VIEW -> createView(id);
            case RENAME_COLLECTION -> renameCollection(id);
            case RENAME_OVER -> renameOver(id);
            case ALTER_COLLECTION -> alterCollection(id);
            case ALTER_INDEX -> alterIndex(id);
            case FORK -> fork(id, null);
            case FORK_PAST -> fork(anyBranchEver(), (long) random.nextInt((int) lsn + 1));
            case DROP_BRANCH -> dropBranch(id);
            case RENAME_BRANCH -> renameBranch(id);
            case NAME_TAKEN -> nameTaken(id);
            case READ_PAST -> readPast();
            case CHECKPOINT -> checkpoint();
            case KEEP ->
                kept.add(new Kept(
                        "kept at " + lsn,
                        project.head(branch(id)),
                        model(id).head.copy()));
        };
    }

    private boolean write(long id, List<Change> changes) {
        if (changes.isEmpty()) {
            return false;
        }
        long result = project.write(branch(id), ORIGIN, turn -> new Draft<>(lsn, changes, List.of()));
        assertThat(result).isEqualTo(lsn);
        ModelBranch model = model(id);
        PlainState next = model.head.copy();
        for (int i = 0; i < changes.size(); i++) {
            next.apply(changes.get(i).bind(lsn + 1), lsn + 1 + i);
        }
        lsn += changes.size();
        model.head = next;
        model.states.put(lsn, next);
        return true;
    }

    private List<Change> inserts(long id, List<Change> changes, int count) {
        PlainState.Collection collection = anyCollection(id);
        if (collection != null) {
            for (int i = 0; i < count; i++) {
                changes.add(new Change.Put(collection.id(), Change.made(changes.size()), document(nextUnique++)));
            }
        }
        return changes;
    }

    private List<Change> updates(long id, List<Change> changes, int count) {
        PlainState.Collection collection = anyCollection(id);
        for (int i = 0;
                collection != null && i < count && !collection.documents().isEmpty();
                i++) {
            Map.Entry<Long, byte[]> any = anyDocument(collection);
            changes.add(new Change.Put(collection.id(), any.getKey(), changed(any.getValue())));
        }
        return changes;
    }

    /** Updates of the large documents of a collection, which become deltas. */
    private List<Change> patches(long id) {
        PlainState.Collection collection = anyCollection(id);
        List<Change> changes = new ArrayList<>();
        if (collection != null) {
            collection.documents().forEach((record, before) -> {
                if (Doc.of(before).has("large") && random.nextBoolean()) {
                    Change change = Change.update(collection.id(), record, before, otherValue(before));
                    assertThat(change).isInstanceOf(Change.Patch.class);
                    changes.add(change);
                }
            });
        }
        return changes;
    }

    /** Another version with another {@code v}. */
    private byte[] otherValue(byte[] before) {
        DocBuilder after = new DocBuilder();
        for (Doc.Field field : Doc.of(before)) {
            after.append(field.name(), field.name().equals("v") ? arrayOfNumbers() : field.value());
        }
        return after.build();
    }

    private List<Change> deletes(long id, List<Change> changes, int count) {
        PlainState.Collection collection = anyCollection(id);
        if (collection != null) {
            collection.documents().keySet().stream()
                    .skip(random.nextInt(3))
                    .limit(count)
                    .forEach(record -> changes.add(new Change.Delete(collection.id(), record)));
        }
        return changes;
    }

    /** A document removed and inserted again with its {@code _id}, half of the time as it was. */
    private List<Change> again(long id) {
        PlainState.Collection collection = anyCollection(id);
        if (collection == null || collection.documents().isEmpty()) {
            return List.of();
        }
        Map.Entry<Long, byte[]> any = anyDocument(collection);
        byte[] after = random.nextBoolean() ? any.getValue() : changed(any.getValue());
        return List.of(
                new Change.Delete(collection.id(), any.getKey()),
                new Change.Put(collection.id(), Change.made(1), after));
    }

    /** A collection made, filled, changed and emptied in part by one commit. */
    private List<Change> mixed(long id) {
        String name = freeName(id);
        List<Change> changes = new ArrayList<>();
        if (name == null) {
            return changes;
        }
        changes.add(new Change.CreateCollection(name, options()));
        long made = Change.made(0);
        for (int i = 1; i <= 3 + random.nextInt(4); i++) {
            changes.add(new Change.Put(made, Change.made(i), document(nextUnique++)));
        }
        changes.add(new Change.CreateIndex(made, index("v", false)));
        changes.add(new Change.Put(made, Change.made(1), changed(((Change.Put) changes.get(1)).document())));
        changes.add(new Change.Delete(made, Change.made(2)));
        return changes;
    }

    private boolean checkpoint() {
        Manifest made = project.checkpoints().checkpoint();
        assertThat(made).extracting(Manifest::lsn).isEqualTo(lsn);
        assertThat(project.checkpoints().list()).contains(lsn);
        return true;
    }

    private boolean nothing(long id) {
        long result = project.write(branch(id), ORIGIN, turn -> Draft.unchanged(lsn));
        assertThat(result).isEqualTo(lsn);
        return true;
    }

    private boolean refused(long id) {
        CommandException error = new CommandException(ErrorCode.BAD_VALUE, "no");
        assertThat(catchThrowableOfType(
                        CommandException.class,
                        () -> project.write(branch(id), ORIGIN, turn -> {
                            throw error;
                        })))
                .isSameAs(error);
        return true;
    }

    private boolean createCollection(long id) {
        String name = freeName(id);
        return name != null && write(id, List.of(new Change.CreateCollection(name, options())));
    }

    private boolean dropCollection(long id) {
        PlainState.Collection collection = random.nextInt(3) == 0 ? anyEntry(id) : null;
        return collection != null && write(id, List.of(new Change.DropCollection(collection.id())));
    }

    private boolean createIndex(long id, String field, boolean unique) {
        PlainState.Collection collection = anyCollection(id);
        byte[] spec = index(field, unique);
        return collection != null
                && collection.indexes().values().stream()
                        .noneMatch(s -> Objects.equals(
                                Doc.of(s).get("name"), Doc.of(spec).get("name")))
                && write(id, List.of(new Change.CreateIndex(collection.id(), spec)));
    }

    private boolean dropIndex(long id) {
        PlainState.Collection collection = anyCollection(id);
        return collection != null
                && !collection.indexes().isEmpty()
                && write(
                        id,
                        List.of(new Change.DropIndex(
                                collection.id(), collection.indexes().firstKey())));
    }

    private boolean createView(long id) {
        String name = freeName(id);
        byte[] view = new DocBuilder()
                .append("viewOn", "a")
                .startArray("pipeline")
                .end()
                .build();
        return name != null && write(id, List.of(new Change.CreateCollection(name, view)));
    }

    /** A rename, with a document written under the new name by the same commit where it is not a view. */
    private boolean renameCollection(long id) {
        PlainState.Collection collection = anyEntry(id);
        String name = freeName(id);
        if (collection == null || name == null) {
            return false;
        }
        List<Change> changes = new ArrayList<>(List.of(new Change.RenameCollection(collection.id(), name)));
        if (!collection.isView()) {
            changes.add(new Change.Put(collection.id(), Change.made(1), document(nextUnique++)));
        }
        return write(id, changes);
    }

    /** What {@code dropTarget} does: one commit drops a collection and gives its name to another. */
    private boolean renameOver(long id) {
        PlainState.Collection from = anyEntry(id);
        PlainState.Collection over = anyEntry(id);
        return from != null
                && over != null
                && from.id() != over.id()
                && write(
                        id,
                        List.of(
                                new Change.DropCollection(over.id()),
                                new Change.RenameCollection(from.id(), over.name())));
    }

    private boolean alterCollection(long id) {
        PlainState.Collection collection = anyCollection(id);
        return collection != null && write(id, List.of(new Change.AlterCollection(collection.id(), options())));
    }

    private boolean alterIndex(long id) {
        PlainState.Collection collection = anyCollection(id);
        if (collection == null || collection.indexes().isEmpty()) {
            return false;
        }
        Map.Entry<Long, byte[]> index = collection.indexes().firstEntry();
        DocBuilder after = new DocBuilder();
        for (Doc.Field field : Doc.of(index.getValue())) {
            if (!field.name().equals("expireAfterSeconds")) {
                after.append(field.name(), field.value());
            }
        }
        byte[] spec = after.append("expireAfterSeconds", random.nextInt(100)).build();
        return write(id, List.of(new Change.AlterIndex(collection.id(), index.getKey(), spec)));
    }

    private boolean fork(long parent, @Nullable Long at) {
        String name = freeBranchName();
        if (name == null) {
            return false;
        }
        PlainState from = at == null ? model(parent).head : at(parent, at);
        Branch made = project.createBranch(name, branch(parent), at, ORIGIN);
        assertThat(made.id()).isEqualTo(++lsn);
        long base = commitAt(parent, at == null ? lsn : at);
        assertThat(made.base()).isEqualTo(base);
        branches.put(lsn, new ModelBranch(name, parent, base, from));
        return true;
    }

    private boolean dropBranch(long id) {
        if (id == 1) {
            assertThat(catchThrowableOfType(CommandException.class, () -> project.dropBranch(branch(id), ORIGIN)))
                    .isNotNull();
            return false;
        }
        Branch branch = branch(id);
        project.dropBranch(branch, ORIGIN);
        lsn++;
        model(id).dropped = true;
        assertThat(catchThrowableOfType(CommandException.class, () -> project.head(branch)))
                .isNotNull();
        return true;
    }

    private boolean renameBranch(long id) {
        String name = freeBranchName();
        if (name == null || id == 1) {
            return false;
        }
        assertThat(project.renameBranch(branch(id), name, ORIGIN).name()).isEqualTo(name);
        lsn++;
        model(id).name = name;
        return true;
    }

    private boolean nameTaken(long id) {
        String taken = model(anyBranch()).name.toUpperCase(Locale.ROOT);
        CommandException error = catchThrowableOfType(
                CommandException.class, () -> project.createBranch(taken, branch(id), null, ORIGIN));
        assertThat(error.code()).isEqualTo(ErrorCode.NAMESPACE_EXISTS);
        return true;
    }

    private boolean readPast() {
        long id = anyBranchEver();
        long at = random.nextInt((int) lsn + 1);
        assertThat(ConsistencyCheck.state(id + "@" + at, project.at(branch(id), at), at(id, at))
                        .problems())
                .isEmpty();
        return true;
    }

    // ---- the model

    private PlainState at(long id, long position) {
        ModelBranch model = model(id);
        Map.Entry<Long, PlainState> own = model.states.floorEntry(position);
        if (own != null) {
            return own.getValue();
        }
        return model.parent == 0 ? new PlainState() : at(model.parent, Math.min(position, model.base));
    }

    /** Where the newest commit that a position sees ends. */
    private long commitAt(long id, long position) {
        ModelBranch model = model(id);
        Long own = model.states.floorKey(position);
        if (own != null) {
            return own;
        }
        return model.parent == 0 ? 0 : commitAt(model.parent, Math.min(position, model.base));
    }

    private ModelBranch model(long id) {
        ModelBranch model = branches.get(id);
        if (model == null) {
            throw new AssertionError("no branch " + id);
        }
        return model;
    }

    private Branch branch(long id) {
        Branch branch = project.catalog().branch(id);
        if (branch == null) {
            throw new AssertionError("the catalog has no branch " + id);
        }
        assertThat(branch.name()).isEqualTo(model(id).name);
        assertThat(branch.dropped()).isEqualTo(model(id).dropped);
        return branch;
    }

    // ---- choices

    private long anyBranch() {
        List<Long> present = new ArrayList<>();
        branches.forEach((id, model) -> {
            if (!model.dropped) {
                present.add(id);
            }
        });
        return present.get(random.nextInt(present.size()));
    }

    private long anyBranchEver() {
        return new ArrayList<>(branches.keySet()).get(random.nextInt(branches.size()));
    }

    private @Nullable String freeBranchName() {
        String name = BRANCH_NAMES[random.nextInt(BRANCH_NAMES.length)];
        return branches.values().stream().anyMatch(b -> !b.dropped && b.name.equalsIgnoreCase(name)) ? null : name;
    }

    private @Nullable String freeName(long id) {
        String name = NAMES[random.nextInt(NAMES.length)];
        return model(id).head.collection(name) == null ? name : null;
    }

    private PlainState.@Nullable Collection anyCollection(long id) {
        List<PlainState.Collection> all = model(id).head.collections().values().stream()
                .filter(c -> !c.isView())
                .toList();
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    /** A collection or a view. */
    private PlainState.@Nullable Collection anyEntry(long id) {
        List<PlainState.Collection> all =
                new ArrayList<>(model(id).head.collections().values());
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private Map.Entry<Long, byte[]> anyDocument(PlainState.Collection collection) {
        List<Map.Entry<Long, byte[]>> all =
                new ArrayList<>(collection.documents().entrySet());
        return all.get(random.nextInt(all.size()));
    }

    private byte[] document(int unique) {
        return new DocBuilder()
                .append("_id", unique)
                .append("u", "u" + unique)
                .append("v", random.nextInt(4) == 0 ? arrayOfNumbers() : bson.value(1))
                .appendAll(random.nextInt(3) == 0 ? large() : bson.document(2))
                .build();
    }

    private Doc large() {
        byte[] noise = new byte[600 + random.nextInt(600)];
        random.nextBytes(noise);
        return new DocBuilder().append("large", Value.binary(noise)).buildDoc();
    }

    private Value arrayOfNumbers() {
        DocBuilder array = new DocBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            array.add(bson.number());
        }
        return Value.array(array.buildDoc());
    }

    /** Another version with the same {@code _id} and {@code u}. */
    private byte[] changed(byte[] before) {
        Value id = Doc.of(before).get("_id");
        return document(id == null ? -1 : id.asInt32());
    }

    private byte[] options() {
        return new DocBuilder().append("uuid", random.nextLong()).build();
    }

    private static byte[] index(String field, boolean unique) {
        DocBuilder spec = new DocBuilder()
                .append("v", 2)
                .startDocument("key")
                .append(field, unique ? 1 : -1)
                .end()
                .append("name", field + "_1");
        return (unique ? spec.append("unique", true) : spec).build();
    }

    private Clocks clocks() {
        return TestClocks.of(millis::get, random);
    }
}
