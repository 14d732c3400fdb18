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
        List<String> errors = new ArrayList<>();
        Map<String, Long> keys = new HashMap<>();
        Counts counts = check(call, found, keys, errors);
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
                    .append("valid", isWhole(index, keys.getOrDefault(index.name(), 0L), errors))
                    .end();
        }
        reply.end()
                .append("valid", errors.isEmpty())
                .append("repaired", false)
                .append("readOnly", call.position() != null)
                .startArray("warnings");
        if (counts.nonCompliant > 0) {
            reply.add("Detected one or more documents in this collection not conformant to the collection's schema.");
        }
        reply.end().startArray("errors");
        errors.forEach(reply::add);
        reply.end()
                .startArray("extraIndexEntries")
                .end()
                .startArray("missingIndexEntries")
                .end()
                .startArray("corruptRecords")
                .end();
    }

    private record Counts(long records, long invalid, long nonCompliant) {}

    private static Counts check(
            Invocation call, CollectionSnapshot found, Map<String, Long> keys, List<String> errors) {
        found.documents().check();
        Validator rules = found.definition().validator();
        Validator validator = rules == null ? null : rules.in(call.pipelineContext());
        long records = 0;
        long invalid = 0;
        long nonCompliant = 0;
        Cursor<byte[]> documents = found.documents().ascending(null, null);
        while (documents.next()) {
            call.deadline().check();
            records++;
            invalid += isBson(documents.value()) ? 0 : 1;
            nonCompliant += validator == null || validator.accepts(documents.value()) ? 0 : 1;
            checkEntries(found, documents.key(), documents.value(), keys, errors);
        }
        if (invalid > 0) {
            errors.add("Detected " + invalid + " invalid documents.");
        }
        return new Counts(records, invalid, nonCompliant);
    }

    private static boolean isBson(byte[] document) {
        try {
            BsonCheck.check(document, 0, document.length);
            return true;
        } catch (BsonFormatException e) {
            return false;
        }
    }

    /** Each document has an entry of its own for each of its keys. */
    private static void checkEntries(
            CollectionSnapshot found, byte[] record, byte[] document, Map<String, Long> count, List<String> errors) {
        for (IndexSnapshot index : found.indexes()) {
            IndexKeys.Keys keys = index.keys().keys(document, 0);
            count.merge(index.name(), (long) keys.keys().size(), Long::sum);
            for (byte[] key : keys.keys()) {
                if (!index.holds(keys, key, record)) {
                    addOnce(errors, "Detected missing index entries in index '" + index.name() + "'.");
                }
            }
        }
    }

    /** @param keys how many its documents have */
    private static boolean isWhole(IndexSnapshot index, long keys, List<String> errors) {
        index.entries().check();
        if (index.entries().size() > keys) {
            addOnce(errors, "Detected extra index entries in index '" + index.name() + "'.");
        }
        return errors.stream().noneMatch(error -> error.contains("'" + index.name() + "'"));
    }

    private static void addOnce(List<String> errors, String error) {
        if (!errors.contains(error)) {
            errors.add(error);
        }
    }
}
