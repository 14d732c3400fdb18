package dev.offshoot.query;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.Conditions;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.IndexBounds;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how a query finds its documents.
 *
 * <h2>Candidates</h2>
 *
 * A filter that only asks for an {@code _id} is looked up. Otherwise each index that is not hidden, holds everything that matches (one
 * that is sparse or partial may not), and whose first field the filter bounds is a candidate; so is one that gives the order asked
 * for; so is the union of indexes for the alternatives of an {@code $or}. As in MongoDB all documents are read only where there is
 * no other candidate.
 *
 * <h2>Choice</h2>
 *
 * By estimate, not by trial: the tree knows how many entries it has below each node, so the number of entries in a range takes two ways
 * down (some 1 us), where a trial run reads documents. The candidate that costs least is taken. A key costs 1, a document that has to be
 * fetched 3 more, and a document that has to be sorted 1 and its share of the comparisons. A candidate that needs no sort and has a limit ends early: it is
 * reckoned with the part of its keys that holds so many matches, if the matches, of which there are at most as many as the
 * narrowest candidate has keys, are spread evenly. Where costs are equal the candidate with more bounded fields wins, then the older index.
 * With a single candidate nothing is estimated.
 */
public final class Planner {
    private static final double FETCH = 3;
    private static final double SORT = 1;

    /** What a filter is hoped to keep of a field that is bounded behind a range. */
    private static final double CHECKED = 0.5;

    private final Search search;
    private final CollectionSnapshot collection;
    private final Conditions conditions;
    private final Coverage coverage;

    private Planner(Search search) {
        this.search = search;
        this.collection = search.collection();
        this.conditions = Conditions.of(search.filter());
        this.coverage = new Coverage(search, conditions);
    }

    /**
     * Chooses a plan.
     *
     * @throws CommandException BadValue where the hint names no index, or one that cannot serve
     */
    public static AccessPlan plan(Search asked) {
        if (asked.filter().hasText() || asked.filter().near() != null) {
            return SpecialPlanner.plan(asked);
        }
        Search search = asked;
        Value id = search.hint() == null ? search.filter().idEquality() : null;
        if (id != null && search.between() == null && isLookedUp(id, search)) {
            return new AccessPlan(search, new Candidate.ById(id), List.of());
        }
        return new Planner(search).choose();
    }

    /** Whether the index on {@code _id} takes the same values for equal as the filter does. */
    private static boolean isLookedUp(Value id, Search search) {
        Collation asked = search.filter().collation();
        Collation indexed = search.collection().idDefinition().keys().collation();
        return (!asked.concerns(id.type()) && !indexed.concerns(id.type())) || asked.equals(indexed);
    }

    private AccessPlan choose() {
        Value hint = search.hint();
        if (hint != null) {
            return new AccessPlan(search, hinted(hint), List.of());
        }
        List<Candidate> candidates = new ArrayList<>();
        for (IndexSnapshot index : collection.indexes()) {
            if (!index.isHidden()) {
                addCandidates(index, candidates);
            }
        }
        Candidate union = union(
                collection.indexes().stream().filter(index -> !index.isHidden()).toList());
        if (union != null) {
            candidates.add(union);
        }
        if (candidates.isEmpty()) {
            return new AccessPlan(search, new Candidate.Scan(false, collection.count()), List.of());
        }
        return candidates.size() == 1 ? new AccessPlan(search, candidates.get(0), List.of()) : cheapest(candidates);
    }

    private void addCandidates(IndexSnapshot index, List<Candidate> candidates) {
        List<IndexBounds> all = conditions.boundsOf(index.keys(), index.arrays());
        for (IndexBounds bounds : all) {
            candidates.add(candidate(index, bounds));
        }
        boolean whole = search.values() || !search.order().isEmpty();
        if (all.isEmpty() && whole && conditions.allIn(index.keys(), index.arrays())) {
            Candidate.Index candidate = candidate(index, IndexBounds.all(index.keys()));
            if (search.values() ? candidate.covered() : candidate.isSorted()) {
                candidates.add(candidate);
            }
        }
    }

    private Candidate.Index candidate(IndexSnapshot index, IndexBounds bounds) {
        int direction = index.keys().isGeo() ? 0 : IndexOrder.direction(index, bounds, search);
        return new Candidate.Index(index, bounds, direction < 0, direction != 0, coverage.isCovered(index), Double.NaN);
    }

    /** One of these indexes for each alternative of the filter; null where there are none or one of them has no index. */
    private @Nullable Candidate union(List<IndexSnapshot> indexes) {
        List<Conditions> alternatives = conditions.alternatives();
        if (alternatives.isEmpty()) {
            return null;
        }
        List<Candidate.Index> branches = new ArrayList<>();
        for (Conditions alternative : alternatives) {
            Candidate.Index best = bestOf(alternative, indexes);
            if (best == null) {
                return null;
            }
            branches.add(best);
        }
        return new Candidate.Any(branches);
    }

    private static Candidate.@Nullable Index bestOf(Conditions alternative, List<IndexSnapshot> indexes) {
        Candidate.Index best = null;
        for (IndexSnapshot index : indexes) {
            for (IndexBounds bounds : alternative.boundsOf(index.keys(), index.arrays())) {
                double keys = Candidate.count(index, bounds.walk());
                if (best == null || keys < best.keys()) {
                    best = new Candidate.Index(index, bounds, false, false, false, keys);
                }
            }
        }
        return best;
    }

    private AccessPlan cheapest(List<Candidate> candidates) {
        List<Candidate> counted = new ArrayList<>();
        double fewest = Double.MAX_VALUE;
        for (Candidate candidate : candidates) {
            Candidate known = counted(candidate);
            counted.add(known);
            fewest = Math.min(fewest, known.keys());
        }
        Candidate best = counted.get(0);
        for (Candidate candidate : counted) {
            double difference = cost(candidate, fewest) - cost(best, fewest);
            if (difference < 0 || (difference == 0 && boundedFields(candidate) > boundedFields(best))) {
                best = candidate;
            }
        }
        counted.remove(best);
        return new AccessPlan(search, best, counted);
    }

    private static Candidate counted(Candidate candidate) {
        if (!(candidate instanceof Candidate.Index plan)) {
            return candidate;
        }
        IndexBounds.Walk walk = plan.bounds().walk();
        double keys = Candidate.count(plan.index(), walk) * (walk.isChecked() ? CHECKED : 1);
        return new Candidate.Index(
                plan.index(), plan.bounds(), plan.backwards(), plan.isSorted(), plan.covered(), keys);
    }

    private static int boundedFields(Candidate candidate) {
        return candidate instanceof Candidate.Index plan ? plan.bounds().boundedFields() : 0;
    }

    private double cost(Candidate candidate, double matches) {
        double keys = candidate.keys();
        boolean inOrder = search.order().isEmpty() || candidate.isSorted();
        if (search.limit() > 0 && inOrder && matches > search.limit()) {
            keys = keys * search.limit() / matches;
        }
        boolean covered = candidate instanceof Candidate.Index plan && plan.covered();
        double cost = keys * (covered ? 1 : 1 + FETCH);
        return inOrder
                ? cost
                : cost + SORT * keys * Math.log(2 + Math.min(keys, search.limit() > 0 ? search.limit() : keys));
    }

    private Candidate hinted(Value hint) {
        if (hint.isDocument() && hint.asDoc().has("$natural")) {
            Value direction = hint.asDoc().get("$natural");
            boolean backwards = direction != null && direction.isNumber() && direction.toLong() < 0;
            return new Candidate.Scan(backwards, collection.count());
        }
        for (IndexSnapshot index : collection.indexes()) {
            boolean meant = hint.isString()
                    ? index.name().equals(hint.asString())
                    : hint.isDocument() && samePattern(index.pattern(), hint.asDoc());
            if (meant && !index.isHidden()) {
                return hinted(index);
            }
        }
        throw notPlanned(
                collection.mask() == null
                        ? "hint provided does not correspond to an existing index"
                        : "hint provided does not correspond to an existing index, or to one over fields that the branch masks");
    }

    private Candidate hinted(IndexSnapshot index) {
        MinMax between = search.between();
        if (between != null) {
            if (index.keys().isWildcard()) {
                throw new CommandException(
                        ErrorCode.location(51174), "min and max cannot be used with a wildcard index");
            }
            return candidate(index, IndexBounds.between(index.keys(), between.min(), between.max()));
        }
        List<IndexBounds> bounds = conditions.boundsOf(index.keys(), index.arrays());
        if (!bounds.isEmpty()) {
            return candidate(index, bounds.get(0));
        }
        if (index.keys().isWildcard() || index.keys().texts() != null) {
            Candidate union = union(List.of(index));
            if (union != null) {
                return union;
            }
            throw new CommandException(
                    ErrorCode.NO_QUERY_EXECUTION_PLANS,
                    "error processing query: planner returned error :: caused by :: $hint: refusing whole index scan,"
                            + " because the index does not hold every document");
        }
        return candidate(index, IndexBounds.all(index.keys()));
    }

    private static CommandException notPlanned(String reason) {
        return new CommandException(
                ErrorCode.BAD_VALUE, "error processing query: planner returned error :: caused by :: " + reason);
    }

    private static boolean samePattern(Doc a, Doc b) {
        Iterator<Doc.Field> other = b.iterator();
        for (Doc.Field field : a) {
            if (!other.hasNext()) {
                return false;
            }
            Doc.Field that = other.next();
            if (!field.name().equals(that.name()) || !sameDirection(field.value(), that.value())) {
                return false;
            }
        }
        return !other.hasNext();
    }

    private static boolean sameDirection(Value a, Value b) {
        return (a.isNumber() && b.isNumber()) ? a.toDouble() == b.toDouble() : a.equals(b);
    }
}
