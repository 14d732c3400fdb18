package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexDefinition;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.tree.Cursor;
import dev.offshoot.wal.Change;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code createIndexes}: makes indexes, all or none of them, and the collection where there is none. What could make the build fail
 * (a value that is there twice, two arrays in one entry) is looked for before anything is logged, as the fold may not fail.
 */
final class CreateIndexes implements Command {
    private static final int VOTING_MEMBERS_MAX = 7;

    private static final int INDEXES_MAX = 64;

    @Override
    public String name() {
        return "createIndexes";
    }

    @Override
    public String help() {
        return "makes indexes: single, compound, multikey, hashed, wildcard; unique, sparse, partial, hidden";
    }

    @Override
    public Set<String> fields() {
        return Set.of("indexes", "commitQuorum", "ignoreUnknownIndexOptions");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = call.checkWritable(call.collection());
        checkQuorum(call.get("commitQuorum"));
        List<IndexSpec> specs = specs(call);
        Target target = call.writeTarget();
        Outcome outcome = call.write(target, name, turn -> evaluate(call, specs, name, turn.snapshot()));
        reply.append("numIndexesBefore", outcome.before)
                .append("numIndexesAfter", outcome.after)
                .append("createdCollectionAutomatically", outcome.madeCollection);
        if (outcome.before == outcome.after) {
            reply.append("note", "all indexes already exist");
        }
    }

    /** How many members of a replica set have to be ready, which one server that keeps its log in a store always is. */
    private static void checkQuorum(@Nullable Value quorum) {
        if (quorum == null) {
            return;
        }
        String wrong = null;
        if (quorum.isNumber()) {
            boolean possible = quorum.toLong() >= 0 && quorum.toLong() <= VOTING_MEMBERS_MAX;
            wrong = possible
                    ? null
                    : "commitQuorum has to be a non-negative number and not greater than " + VOTING_MEMBERS_MAX;
        } else if (!quorum.isString()) {
            wrong = "commitQuorum has to be a number or a string";
        } else if (quorum.asString().isEmpty()) {
            wrong = "commitQuorum can't be an empty string";
        }
        if (wrong != null) {
            throw new CommandException(ErrorCode.FAILED_TO_PARSE, wrong);
        }
    }

    private static List<IndexSpec> specs(Invocation call) {
        boolean ignoresUnknown = call.bool("ignoreUnknownIndexOptions", false);
        List<IndexSpec> specs = new ArrayList<>();
        for (Doc spec : call.documents("indexes")) {
            specs.add(IndexSpec.parse(ignoresUnknown ? IndexOptions.known(spec) : spec));
        }
        if (specs.isEmpty()) {
            throw new CommandException(ErrorCode.BAD_VALUE, "Must specify at least one index to create");
        }
        return specs;
    }

    private static Draft<Outcome> evaluate(Invocation call, List<IndexSpec> specs, String name, Snapshot state) {
        List<Change> changes = new ArrayList<>();
        NewCollection collection = NewCollection.findOrCreate(call, state, name, changes);
        boolean made = !changes.isEmpty();
        Collation inherited = collection.snapshot().definition().collation();
        List<IndexSpec> collated =
                specs.stream().map(spec -> spec.in(inherited)).toList();
        List<IndexSpec> missing = missing(collated, collection.snapshot());
        int before = made ? 1 : collection.snapshot().indexes().size();
        checkCount(before + missing.size(), call.namespace(name));
        for (IndexSpec spec : missing) {
            checkExpiry(spec, collection.snapshot());
            Masked.checkIndex(collection.snapshot(), spec.definition(), call.namespace(name));
            checkBuild(call, spec, collection.snapshot());
            changes.add(new Change.CreateIndex(collection.id(), spec.toDoc().toBytes()));
        }
        return new Draft<>(new Outcome(before, before + missing.size(), made), changes, List.of());
    }

    /** The specs that no index of the collection, nor a spec before them, stands for. */
    private static List<IndexSpec> missing(List<IndexSpec> specs, CollectionSnapshot collection) {
        List<IndexSnapshot> there = new ArrayList<>(collection.indexes());
        List<IndexSpec> missing = new ArrayList<>();
        for (IndexSpec spec : specs) {
            if (!spec.isId() && !exists(spec, there)) {
                missing.add(spec);
                there.add(spec.toEmptyIndex());
            }
        }
        return missing;
    }

    private static boolean exists(IndexSpec spec, List<IndexSnapshot> there) {
        for (IndexSnapshot index : there) {
            if (index.name().equals(spec.name())) {
                if (!spec.hasSignatureOf(index.spec())) {
                    throw new CommandException(
                            ErrorCode.INDEX_KEY_SPECS_CONFLICT,
                            "An existing index has the same name as the requested index. When index names are not"
                                    + " specified, they are auto generated and can cause conflicts. Please refer to our"
                                    + " documentation." + both(spec, index));
                }
                if (spec.hasOptionsOf(index.spec())) {
                    return true;
                }
                throw new CommandException(
                        ErrorCode.INDEX_OPTIONS_CONFLICT,
                        "An equivalent index already exists with the same name but different options."
                                + both(spec, index));
            }
        }
        for (IndexSnapshot index : there) {
            if (spec.hasSignatureOf(index.spec())) {
                throw new CommandException(
                        ErrorCode.INDEX_OPTIONS_CONFLICT,
                        spec.hasOptionsOf(index.spec())
                                ? "Index already exists with a different name: " + index.name()
                                : "An equivalent index already exists with a different name and options."
                                        + both(spec, index));
            }
        }
        checkOneText(spec, there);
        return false;
    }

    private static void checkOneText(IndexSpec spec, List<IndexSnapshot> there) {
        if (spec.definition().keys().texts() == null) {
            return;
        }
        for (IndexSnapshot index : there) {
            if (index.keys().texts() != null) {
                throw new CommandException(
                        ErrorCode.CANNOT_CREATE_INDEX,
                        "only one text index per collection allowed, found existing text index \"" + index.name()
                                + "\"");
            }
        }
    }

    private static String both(IndexSpec spec, IndexSnapshot index) {
        return " Requested index: " + spec.toDoc() + ", existing index: " + index.spec();
    }

    private static void checkExpiry(IndexSpec spec, CollectionSnapshot collection) {
        if (collection.definition().isCapped() && spec.toDoc().has("expireAfterSeconds")) {
            throw new CommandException(ErrorCode.CANNOT_CREATE_INDEX, "Cannot create TTL index on a capped collection");
        }
    }

    private static void checkCount(int indexes, String namespace) {
        if (indexes > INDEXES_MAX) {
            throw new CommandException(
                    ErrorCode.CANNOT_CREATE_INDEX,
                    "add index fails, too many indexes for " + namespace + ": at most " + INDEXES_MAX);
        }
    }

    private static void checkBuild(Invocation call, IndexSpec spec, CollectionSnapshot collection) {
        IndexDefinition index = spec.definition();
        if (!index.unique() && index.keys().holdsAnything()) {
            return;
        }
        Set<ByteBuffer> seen = new HashSet<>();
        Cursor<byte[]> documents = collection.documents().ascending(null, null);
        while (documents.next()) {
            call.deadline().check();
            for (byte[] key : index.keys().keys(documents.value(), 0).keys()) {
                if (index.unique() && !seen.add(ByteBuffer.wrap(key))) {
                    throw DuplicateKeys.error(
                            call.namespace(call.collection()), spec.toEmptyIndex(), documents.value(), key, null);
                }
            }
        }
    }

    private record Outcome(int before, int after, boolean madeCollection) {}
}
