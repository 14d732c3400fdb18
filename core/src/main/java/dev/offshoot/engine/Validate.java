package dev.offshoot.engine;

import dev.offshoot.bson.BsonCheck;
import dev.offshoot.bson.BsonFormatException;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.IndexKeys;
import dev.offshoot.mql.Validator;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.tree.Cursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code validate}: checks that a collection's documents are BSON, that its trees are whole, and that its indexes are those of its documents. */
final class Validate implements Command {
    @Override
    public String name() {
        return "validate";
    }

    @Override
    public String help() {
        return "checks a collection and its indexes";
    }

    @Override
    public Set<String> fields() {
        return Set.of("full", "repair", "metadata", "checkBSONConformance", "background");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = call.collection();
        if (call.bool("repair", false)) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS, "There is nothing to repair: indexes are folded from the log");
        }
        CollectionSnapshot found = call.snapshot().entry(name);
        if (found == null) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "Collection '" + call.namespace(name) + "' does not exist to validate.");
        }
        if (found.isView()) {
            throw new CommandException(ErrorCode.COMMAND_NOT_SUPPORTED_ON_VIEW, "Cannot validate a view");
        }
        report(call, found.stored(), reply);
    }

    private static void report(Invocation call, CollectionSnapshot found, DocBuilder reply) {
        Validator rules = found.definition().validator();
        Checked counts = check(found, rules == null ? null : rules.in(call.pipelineContext()), call.deadline()::check);
        reply.append("ns", call.namespace(found.name()))
                .append("nInvalidDocuments", counts.invalid)
                .append("nNonCompliantDocuments", counts.nonCompliant)
                .append("nrecords", counts.records)
                .append("nIndexes", found.indexes().size())
                .startDocument("keysPerIndex");
        for (IndexSnapshot index : found.indexes()) {
            reply.append(index.name(), index.entries().size());
        }
        reply.end().startDocument("indexDetails");
        for (IndexSnapshot index : found.indexes()) {
            reply.startDocument(index.name())
                    .append("valid", counts.isWhole(index))
                    .end();
        }
        reply.end()
                .append("valid", counts.errors.isEmpty())
                .append("repaired", false)
                .append("readOnly", call.position() != null)
                .startArray("warnings");
        if (counts.nonCompliant > 0) {
            reply.add("Detected one or more documents in this collection not conformant to the collection's schema.");
        }
        reply.end().startArray("errors");
        counts.errors.forEach(reply::add);
        reply.end()
                .startArray("extraIndexEntries")
                .end()
                .startArray("missingIndexEntries")
                .end()
                .startArray("corruptRecords")
                .end();
    }

    /**
     * What was found.
     *
     * @param nonCompliant documents that the validator does not take
     * @param errors what is wrong, each once
     */
    record Checked(long records, long invalid, long nonCompliant, List<String> errors) {
        boolean isWhole(IndexSnapshot index) {
            return errors.stream().noneMatch(error -> error.contains("'" + index.name() + "'"));
        }
    }

    /**
     * Looks at all documents of a collection and all entries of its indexes.
     *
     * @param patience called for every document; what it throws ends this
     */
    static Checked check(CollectionSnapshot found, @Nullable Validator validator, Runnable patience) {
        List<String> errors = new ArrayList<>();
        Map<String, Long> entries = new HashMap<>();
        found.documents().check();
        long records = 0;
        long invalid = 0;
        long nonCompliant = 0;
        Cursor<byte[]> documents = found.documents().ascending(null, null);
        while (documents.next()) {
            patience.run();
            records++;
            invalid += isBson(documents.value()) ? 0 : 1;
            nonCompliant += validator == null || validator.accepts(documents.value()) ? 0 : 1;
            checkEntries(found, documents.key(), documents.value(), entries, errors);
        }
        if (invalid > 0) {
            errors.add("Detected " + invalid + " invalid documents.");
        }
        found.indexes().forEach(index -> checkSurplus(index, entries.getOrDefault(index.name(), 0L), errors));
        return new Checked(records, invalid, nonCompliant, errors);
    }

    private static boolean isBson(byte[] document) {
        try {
            BsonCheck.check(document, 0, document.length);
            return true;
        } catch (BsonFormatException e) {
            return false;
        }
    }

    /**
     * Each document has an entry of its own for each of its keys.
     *
     * @param count how many of them are there, by index
     */
    private static void checkEntries(
            CollectionSnapshot found, byte[] record, byte[] document, Map<String, Long> count, List<String> errors) {
        for (IndexSnapshot index : found.indexes()) {
            IndexKeys.Keys keys = index.keys().keys(document, 0);
            for (byte[] key : keys.keys()) {
                if (index.holds(keys, key, record)) {
                    count.merge(index.name(), 1L, Long::sum);
                } else {
                    addOnce(errors, "Detected missing index entries in index '" + index.name() + "'.");
                }
            }
        }
    }

    /** @param right how many of its entries are keys of its documents */
    private static void checkSurplus(IndexSnapshot index, long right, List<String> errors) {
        index.entries().check();
        if (index.entries().size() > right) {
            addOnce(errors, "Detected extra index entries in index '" + index.name() + "'.");
        }
    }

    private static void addOnce(List<String> errors, String error) {
        if (!errors.contains(error)) {
            errors.add(error);
        }
    }
}
