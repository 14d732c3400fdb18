package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.merge.MergeBase;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.CommandException;
import dev.offshoot.tree.Cursor;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.SimulatedStore;
import dev.offshoot.wal.TestClocks;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A random program of changes that refer to past positions, cleanups and damage, and the model it is held against: every state there ever
 * was. What has to be readable has to be as the model says: all positions since the horizon of the last cleanup of branches that were there
 * then, tags, and the bases of merges of all pairs of branches, also for what does not go through partial branches.
 */
final class RetentionProgram {
    private static final int SCOPES_MAX = 5;
    private static final Origin ORIGIN = new Origin("test", "model", "", "");
    private static final long MINUTE = 60_000;
    private static final int BRANCHES_MAX = 6;

    /** What a program does. */
    enum Step {
        PUT,
        PUT_TWICE,
        CREATE_COLLECTION,
        DROP_COLLECTION,
        RESTORE_COLLECTION,
        FORK,
        FORK_PAST,
        FORK_TAG,
        FORK_PARTIAL,
        DROP_BRANCH,
        RESTORE_BRANCH,
        RESET,
        RESET_ON_TOP,
        MERGE,
        MERGE_BACK,
        CREATE_TAG,
        DROP_TAG,
        CHECKPOINT,
        CHECKPOINT_AGAIN,
        CLEANUP,
        DAMAGE,
        REOPEN
    }

    /** A collection by its record ids. */
    private record ModelCollection(String name, Map<Long, Integer> documents) {}

    /** What a branch of the model shows: collections by what they were when it was made. */
    private record ModelScope(Set<Long> ids, Set<String> names, boolean schemaOnly) {
        Map<Long, ModelCollection> restrict(Map<Long, ModelCollection> state) {
            Map<Long, ModelCollection> left = new TreeMap<>();
            state.forEach((id, collection) -> {
                if (ids.contains(id) || names.contains(collection.name())) {
                    left.put(
                            id,
                            new ModelCollection(
                                    collection.name(), schemaOnly ? new TreeMap<>() : collection.documents()));
                }
            });
            return left;
        }
    }

    /** A branch of the model: its states by the LSN they came with. */
    private static final class ModelBranch {
        private final TreeMap<Long, Map<Long, ModelCollection>> states = new TreeMap<>();
        private final long parent;
        private final long base;
        private final @Nullable ModelScope scope;
        private long droppedLsn;

        ModelBranch(long parent, long base, @Nullable ModelScope scope) {
            this.parent = parent;
            this.base = base;
            this.scope = scope;
        }
    }

    private final Random random;
    private final AtomicLong millis = new AtomicLong(1_795_000_000_000L);
    private final TreeMap<Long, ModelBranch> branches = new TreeMap<>();
    private final TreeMap<Long, Long> lsnAt = new TreeMap<>();
    private final Map<Step, Integer> steps = new EnumMap<>(Step.class);
    private final List<String> trace = new ArrayList<>();
    private SimulatedStore store = SimulatedStore.calm(millis::get);
    private Project project;
    private long horizon;
    private int next;
    private long positions;
    private long bases;
    private long someClosed;
    private final Set<String> compared = new TreeSet<>();

    RetentionProgram(long seed) {
        random = new Random(seed);
        project = projects().create("shop", ORIGIN);
        branches.put(1L, new ModelBranch(0, 0, null));
    }

    Map<Step, Integer> steps() {
        return steps;
    }

    /** What it did, a line each. */
    List<String> trace() {
        return trace;
    }

    /** How many positions were compared. */
    long positions() {
        return positions;
    }

    /** For how many bases several scopes of partial branches, but not all, were closed. */
    long someClosed() {
        return someClosed;
    }

    /** How many bases of merges were compared that retention alone would not have kept. */
    long bases() {
        return bases;
    }

    void run(int count) {
        for (int i = 0; i < count; i++) {
            millis.addAndGet(MINUTE);
            Step step = Step.values()[random.nextInt(Step.values().length)];
            trace.add("LSN " + project.lastLsn() + ", horizon " + horizon + ": " + step);
            if (step(step)) {
                steps.merge(step, 1, Integer::sum);
                trace.add("  " + project.checkpoints().list() + " log from " + project.firstLsn() + " "
                        + project.catalog().byId().size());
            }
            lsnAt.put(millis.get(), project.lastLsn());
        }
        reopen();
        for (long lsn = horizon; lsn <= project.lastLsn(); lsn++) {
            for (long id : readable()) {
                check(id, lsn);
            }
        }
    }

    private Projects projects() {
        Clocks clocks = TestClocks.of(millis::get, random);
        return new Projects(
                store, new Materializer(4), CheckpointPolicy.onDemand(), clocks); // so that no cache hides anything
    }

    // ---- steps; each answers whether it could do its work

    private boolean step(Step step) {
        Branch branch = anyBranch();
        return switch (step) {
            case PUT, PUT_TWICE -> put(branch);
            case CREATE_COLLECTION ->
                write(branch, List.of(new Change.CreateCollection("c" + next++, Doc.EMPTY.toBytes())));
            case DROP_COLLECTION -> dropCollection(branch);
            case RESTORE_COLLECTION -> restoreCollection(branch);
            case FORK -> fork(branch, null);
            case FORK_PAST -> fork(anyReadable(), anyPosition());
            case FORK_TAG -> forkTag();
            case FORK_PARTIAL -> forkPartial(anyReadable(), anyPosition());
            case DROP_BRANCH -> dropBranch(branch);
            case RESTORE_BRANCH -> restoreBranch();
            case RESET -> reset(branch, false);
            case RESET_ON_TOP -> reset(branch, true);
            case MERGE, MERGE_BACK -> merge(branch);
            case CREATE_TAG -> createTag();
            case DROP_TAG -> dropTag();
            case CHECKPOINT, CHECKPOINT_AGAIN -> project.checkpoints().checkpoint() != null;
            case CLEANUP -> cleanup();
            case DAMAGE -> damage();
            case REOPEN -> reopen();
        };
    }

    private boolean put(Branch branch) {
        Map<Long, ModelCollection> head = head(branch);
        if (head.isEmpty()) {
            return false;
        }
        List<Long> ids = new ArrayList<>(head.keySet());
        long collection = ids.get(random.nextInt(ids.size()));
        List<Change> changes = new ArrayList<>();
        List<Long> records = new ArrayList<>(
                Objects.requireNonNull(head.get(collection)).documents().keySet());
        for (int i = random.nextInt(3); i >= 0; i--) {
            long record = records.isEmpty() || random.nextInt(3) == 0
                    ? Change.made(changes.size())
                    : records.get(random.nextInt(records.size()));
            changes.add(new Change.Put(collection, record, document(record < 0 ? next++ : -record)));
        }
        return write(branch, changes);
    }

    private byte[] document(long id) {
        return new DocBuilder().append("_id", id).append("v", next++).build();
    }

    private boolean dropCollection(Branch branch) {
        Map<Long, ModelCollection> head = head(branch);
        return !head.isEmpty()
                && write(
                        branch,
                        List.of(new Change.DropCollection(
                                head.keySet().iterator().next())));
    }

    private boolean restoreCollection(Branch branch) {
        Snapshot past = project.at(anyReadable(), anyPosition());
        for (CollectionSnapshot found : past.all()) {
            if (!head(branch).containsKey(found.id())) {
                Change change = new Change.RestoreCollection(past.branch(), past.lsn(), found.id(), "r" + next++);
                return write(branch, List.of(change), past);
            }
        }
        return false;
    }

    private boolean fork(Branch parent, @Nullable Long at) {
        if (project.catalog().size() >= BRANCHES_MAX) {
            return false;
        }
        Branch made = project.createBranch("b" + next++, parent, at, ORIGIN);
        trace.add("  " + made);
        branches.put(made.id(), new ModelBranch(parent.id(), at == null ? made.id() : at, null));
        check(made.id(), project.lastLsn());
        return true;
    }

    private boolean forkTag() {
        List<Tag> tags = project.catalog().tags();
        if (tags.isEmpty()) {
            return false;
        }
        Tag tag = tags.get(random.nextInt(tags.size()));
        return fork(Objects.requireNonNull(project.catalog().branch(tag.branch())), tag.lsn());
    }

    private boolean forkPartial(Branch parent, long at) {
        Map<Long, ModelCollection> state = at(parent.id(), at);
        if (project.catalog().size() >= BRANCHES_MAX || state.isEmpty()) {
            return false;
        }
        ModelScope scope = new ModelScope(new TreeSet<>(), new TreeSet<>(), random.nextInt(3) == 0);
        state.forEach((id, collection) -> {
            if (scope.ids.isEmpty() || random.nextBoolean()) {
                scope.ids.add(id);
                scope.names.add(collection.name());
            }
        });
        ScopeRequest request = new ScopeRequest(List.copyOf(scope.names), scope.schemaOnly, null, new byte[] {1});
        Branch made = project.createPartialBranch("b" + next++, parent, at, request, ORIGIN);
        trace.add("  " + made + " " + scope);
        branches.put(made.id(), new ModelBranch(parent.id(), at, scope));
        check(made.id(), project.lastLsn());
        return true;
    }

    private boolean dropBranch(Branch branch) {
        if (branch.id() == 1) {
            return false;
        }
        project.dropBranch(branch, ORIGIN);
        trace.add("  dropped " + branch.id());
        model(branch.id()).droppedLsn = project.lastLsn();
        return true;
    }

    private boolean restoreBranch() {
        for (Branch branch : project.catalog().droppedBranches()) {
            if (branch.droppedLsn() > horizon && random.nextBoolean()) {
                project.restoreBranch(branch, "b" + next++, ORIGIN);
                trace.add("  restored " + branch.id());
                model(branch.id()).droppedLsn = 0;
                return true;
            }
        }
        return false;
    }

    private boolean reset(Branch branch, boolean onTop) {
        Snapshot target = project.at(anyReadable(), anyPosition());
        List<Change> changes = new ArrayList<>(List.of(new Change.Reset(target.branch(), target.lsn())));
        if (onTop) {
            changes.add(new Change.CreateCollection("c" + next++, Doc.EMPTY.toBytes()));
        }
        return write(branch, changes, target);
    }

    private boolean merge(Branch branch) {
        Branch from = anyBranch();
        long lsn = project.head(from).lsn();
        return from.id() != branch.id()
                && write(
                        branch,
                        List.of(
                                new Change.Merge(from.id(), lsn),
                                new Change.CreateCollection("c" + next++, Doc.EMPTY.toBytes())));
    }

    private boolean createTag() {
        trace.add("  " + project.createTag("t" + next++, anyReadable(), anyPosition(), ORIGIN));
        return true;
    }

    private boolean dropTag() {
        List<Tag> tags = project.catalog().tags();
        if (tags.size() < 3) {
            return false;
        }
        project.dropTag(tags.get(random.nextInt(tags.size())), ORIGIN);
        return true;
    }

    private boolean cleanup() {
        long keep = random.nextInt(25) * MINUTE;
        Map.Entry<Long, Long> then = lsnAt.floorEntry(millis.get() - keep);
        project.checkpoints().cleanup(new Retention(keep, 0), List.of(), millis.get(), false);
        horizon = Math.max(horizon, then == null ? 0 : then.getValue());
        trace.add("  " + project.checkpoints().list() + " log from " + project.firstLsn());
        checkSome();
        return true;
    }

    /** The newest checkpoint, unless it is the only one to begin from. */
    private boolean damage() {
        List<Long> all = project.checkpoints().list().stream()
                .filter(lsn -> isReadable(lsn))
                .toList();
        if (all.size() < 2 || all.get(all.size() - 2) < Math.min(horizon, oldestNeeded(all))) {
            return false;
        }
        store.checkpoints("p1").damage(all.get(all.size() - 1));
        return reopen();
    }

    /** The newest one at or below the horizon is needed itself. */
    private long oldestNeeded(List<Long> all) {
        return all.stream()
                .filter(lsn -> lsn <= horizon)
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    private boolean isReadable(long lsn) {
        try {
            return project.checkpoints().manifest(lsn) != null;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private boolean reopen() {
        store = store.reopened();
        project = Objects.requireNonNull(projects().find("shop"));
        checkSome();
        return true;
    }

    private boolean write(Branch branch, List<Change> changes, Snapshot... referred) {
        trace.add("  on " + branch.id() + ": "
                + changes.stream().map(RetentionProgram::line).toList());
        Map<Long, ModelCollection> state = copy(head(branch));
        project.write(
                branch,
                ORIGIN,
                turn -> new Statement.Draft<>(0, changes, List.of(), new Statement.Referred(List.of(referred))));
        long first = project.lastLsn() - changes.size() + 1;
        long lsn = first;
        for (Change change : changes) {
            state = apply(branch, state, change.bind(first), lsn++);
        }
        model(branch.id()).states.put(project.lastLsn(), state);
        check(branch.id(), project.lastLsn());
        return true;
    }

    private static String line(Change change) {
        return change instanceof Change.Put put ? "Put " + put.collection() + "/" + put.recordId() : change.toString();
    }

    // ---- the model

    private Map<Long, ModelCollection> apply(Branch branch, Map<Long, ModelCollection> state, Change change, long lsn) {
        if (change instanceof Change.Put put) {
            int version =
                    Objects.requireNonNull(Doc.of(put.document()).get("v")).asInt32();
            Objects.requireNonNull(state.get(put.collection())).documents().put(put.recordId(), version);
        } else if (change instanceof Change.CreateCollection create) {
            state.put(lsn, new ModelCollection(create.name(), new TreeMap<>()));
        } else if (change instanceof Change.DropCollection drop) {
            state.remove(drop.collection());
        } else if (change instanceof Change.RestoreCollection restore) {
            ModelCollection past =
                    Objects.requireNonNull(at(restore.from(), restore.lsn()).get(restore.collection()));
            state.put(restore.collection(), new ModelCollection(restore.name(), new TreeMap<>(past.documents())));
        } else if (change instanceof Change.Reset reset) {
            return copy(brought(at(reset.from(), reset.lsn()), reset.from(), branch.id()));
        }
        return state;
    }

    private static Map<Long, ModelCollection> copy(Map<Long, ModelCollection> state) {
        Map<Long, ModelCollection> copy = new TreeMap<>();
        state.forEach((id, collection) ->
                copy.put(id, new ModelCollection(collection.name(), new TreeMap<>(collection.documents()))));
        return copy;
    }

    private Map<Long, ModelCollection> head(Branch branch) {
        return at(branch.id(), Long.MAX_VALUE);
    }

    private Map<Long, ModelCollection> at(long id, long lsn) {
        ModelBranch model = model(id);
        Map.Entry<Long, Map<Long, ModelCollection>> own = model.states.floorEntry(lsn);
        if (own != null) {
            return own.getValue();
        }
        if (model.parent == 0) {
            return Map.of();
        }
        Map<Long, ModelCollection> inherited = at(model.parent, Math.min(lsn, model.base));
        return model.scope == null ? inherited : model.scope.restrict(inherited);
    }

    /** What a state of one branch is on another one: through the scopes of the second and its parents that the first does not have. */
    private Map<Long, ModelCollection> brought(Map<Long, ModelCollection> state, long from, long to) {
        ModelBranch model = model(to);
        for (long at = from; at != 0; at = model(at).parent) {
            if (at == to) {
                return state;
            }
        }
        Map<Long, ModelCollection> above = model.parent == 0 ? state : brought(state, from, model.parent);
        return model.scope == null ? above : model.scope.restrict(above);
    }

    private ModelBranch model(long id) {
        return Objects.requireNonNull(branches.get(id));
    }

    private Branch anyBranch() {
        List<Branch> all = project.catalog().branches();
        return all.get(random.nextInt(all.size()));
    }

    /** The branches whose positions since the horizon have to be readable. */
    private List<Long> readable() {
        List<Long> ids = new ArrayList<>();
        branches.forEach((id, model) -> {
            if (model.droppedLsn == 0 || model.droppedLsn > horizon) {
                ids.add(id);
            }
        });
        return ids;
    }

    private Branch anyReadable() {
        List<Long> ids = readable();
        return Objects.requireNonNull(project.catalog().branch(ids.get(random.nextInt(ids.size()))));
    }

    private long anyPosition() {
        return horizon + random.nextInt((int) (project.lastLsn() - horizon) + 1);
    }

    // ---- checks

    private void checkSome() {
        for (long id : readable()) {
            check(id, project.lastLsn());
            check(id, horizon);
        }
        for (int i = 0; i < 20; i++) {
            check(anyReadable().id(), anyPosition());
        }
        for (Tag tag : project.catalog().tags()) {
            check(tag.branch(), tag.lsn());
        }
        compared.clear();
        for (Branch ours : project.catalog().branches()) {
            assertThat(describe(project.head(ours)))
                    .as("head of " + ours.name())
                    .isEqualTo(describe(head(ours)));
        }
        List<Position> tips = tips();
        for (Position here : tips) {
            for (Position there : tips.subList(0, tips.indexOf(here))) {
                checkBases(here, there, scope -> false, new TreeSet<>());
                List<Scope> met = List.copyOf(MergeBase.scopes(project.catalog(), here, there));
                for (int closed = 0; closed < 1 << Math.min(SCOPES_MAX, met.size()); closed++) {
                    int set = closed;
                    checkBases(here, there, scope -> (set >> met.indexOf(scope) & 1) == 0, new TreeSet<>());
                    someClosed += Integer.bitCount(set) > 1 && set + 1 < 1 << met.size() ? 1 : 0;
                }
            }
        }
    }

    /** What may be merged whatever its age: heads and tags, as merges name them. */
    private List<Position> tips() {
        Set<Position> tips = new LinkedHashSet<>();
        for (Branch branch : project.catalog().branches()) {
            tips.add(new Position(branch.id(), project.head(branch).lsn()));
        }
        for (Tag tag : project.catalog().tags()) {
            Branch branch = project.catalog().existing(tag.branch());
            tips.add(new Position(tag.branch(), project.at(branch, tag.lsn()).lsn()));
        }
        return List.copyOf(tips);
    }

    /** Where there are several, they are merged themselves, and so on. */
    private void checkBases(Position ours, Position theirs, Predicate<Scope> passes, Set<String> checked) {
        List<Position> found = MergeBase.of(project.catalog(), ours, theirs, passes);
        for (Position base : found) {
            if (compared.add(base.toString())) {
                bases += base.lsn() < horizon ? 1 : 0;
                check(base.branch(), base.lsn());
            }
        }
        for (int i = 0; i < found.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (checked.add(found.get(i) + " and " + found.get(j))) {
                    checkBases(found.get(i), found.get(j), passes, checked);
                }
            }
        }
    }

    private void check(long id, long lsn) {
        Branch branch = Objects.requireNonNull(project.catalog().branch(id));
        String what = "branch " + id + " at " + lsn + ", horizon " + horizon;
        try {
            assertThat(describe(project.at(branch, lsn))).as(what).isEqualTo(describe(at(id, lsn)));
        } catch (CommandException e) {
            throw new AssertionError(what, e);
        }
        positions++;
    }

    private static String describe(Map<Long, ModelCollection> state) {
        StringBuilder text = new StringBuilder();
        state.forEach((id, collection) -> text.append(id)
                .append(collection.name())
                .append(collection.documents())
                .append('\n'));
        return text.toString();
    }

    private static String describe(Snapshot state) {
        Map<Long, ModelCollection> found = new TreeMap<>();
        for (CollectionSnapshot collection : state.all()) {
            Map<Long, Integer> documents = new TreeMap<>();
            Cursor<byte[]> cursor = collection.documents().ascending(null, null);
            while (cursor.next()) {
                documents.put(
                        RecordId.of(cursor.key()),
                        Objects.requireNonNull(Doc.of(cursor.value()).get("v")).asInt32());
            }
            found.put(collection.id(), new ModelCollection(collection.name(), documents));
        }
        return describe(found);
    }
}
