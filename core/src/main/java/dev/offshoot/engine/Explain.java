package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Projection;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code explain}: which plan a command would take, and with {@code executionStats} what it had to look at. */
final class Explain implements Command {
    private static final Set<String> VERBOSITIES = Set.of("queryPlanner", "executionStats", "allPlansExecution");

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public String help() {
        return "says how a command would run";
    }

    @Override
    public Set<String> fields() {
        return Set.of("verbosity");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Value inner = call.body().first().value();
        if (!inner.isDocument() || inner.asDoc().isEmpty()) {
            throw call.mismatch("explain", inner, "type 'object'");
        }
        String verbosity = call.optionalString("verbosity");
        if (verbosity != null && !VERBOSITIES.contains(verbosity)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "Enumeration value '" + verbosity + "' for field 'explain.verbosity' is not a valid value.");
        }
        Invocation explained = call.inner(inner.asDoc());
        Command command = Commands.find(explained.name());
        if (command != null) {
            Engine.checkFields(command, explained);
        }
        boolean stats = verbosity == null || !verbosity.equals("queryPlanner");
        reply.appendAll(
                switch (explained.name()) {
                    case "find" -> find(explained, stats);
                    case "aggregate" -> aggregate(explained, Aggregate.aggregation(explained));
                    case "count", "distinct" -> filtered(explained, "query", stats);
                    case "findAndModify", "findandmodify" -> filtered(explained, "query", stats);
                    case "update" -> statement(explained, "updates", UpdateCommand.STATEMENT_FIELDS, stats);
                    case "delete" -> statement(explained, "deletes", Delete.STATEMENT_FIELDS, stats);
                    default ->
                        throw new CommandException(
                                ErrorCode.COMMAND_NOT_FOUND,
                                "Explain failed due to unknown command: " + explained.name());
                });
    }

    private static Doc find(Invocation call, boolean stats) {
        Aggregation view = ViewQuery.find(call, call.snapshot());
        if (view != null) {
            return aggregate(call, view);
        }
        Query query = Find.query(call);
        Plan plan = query.plan(call.snapshot(), call.collection(), call.deadline());
        long returned = 0;
        if (stats) {
            for (Iterator<Doc> all = query.run(plan, call.pipelineContext()); all.hasNext(); all.next()) {
                returned++;
            }
        }
        return document(call, query.filter(), plan, stats, returned);
    }

    /** What {@code aggregate} answers to its {@code explain} option. */
    static Doc aggregate(Invocation call, Aggregation aggregation) {
        Plan plan = aggregation.plan(call);
        Filter match = aggregation.pipeline().leadingMatch();
        return document(call, match == null ? Filter.compile(Doc.EMPTY) : match, plan, false, 0);
    }

    private static Doc filtered(Invocation call, String field, boolean stats) {
        Unsupported.refuse(call, call.name(), "collation", "arrayFilters");
        return planned(call, call.filter(call.document(field)), Unsupported.hint(call.get("hint"), call.name()), stats);
    }

    private static Doc statement(Invocation call, String field, Set<String> known, boolean stats) {
        List<Doc> statements = call.documents(field);
        if (statements.size() != 1) {
            throw new CommandException(
                    ErrorCode.INVALID_LENGTH, "explained write batches must be of size 1, got " + statements.size());
        }
        SubDocument statement = new SubDocument(call.name() + "." + field, statements.get(0)).only(known);
        Unsupported.refuse(statement.doc(), call.name(), "collation", "arrayFilters", "sort", "c");
        return planned(call, call.filter(statement.requiredDocument("q")), statement.hint(), stats);
    }

    private static Doc planned(Invocation call, Filter filter, @Nullable Value hint, boolean stats) {
        Query query = new Query(filter, Doc.EMPTY, Projection.compile(Doc.EMPTY), 0, 0, hint);
        Plan plan = query.plan(call.snapshot(), call.collection(), call.deadline());
        long returned = stats && plan != null ? plan.count() : 0;
        return document(call, filter, plan, stats, returned);
    }

    private static Doc document(Invocation call, Filter filter, @Nullable Plan plan, boolean stats, long returned) {
        Doc stage = plan == null ? new DocBuilder().append("stage", "EOF").buildDoc() : plan.explain();
        DocBuilder explained = new DocBuilder()
                .append("explainVersion", "1")
                .startDocument("queryPlanner")
                .append("namespace", call.namespace(call.collection()))
                .append("indexFilterSet", false)
                .append("parsedQuery", filter.source())
                .append("winningPlan", stage)
                .startArray("rejectedPlans")
                .end()
                .end();
        if (stats) {
            explained
                    .startDocument("executionStats")
                    .append("executionSuccess", true)
                    .append("nReturned", (int) returned)
                    .append("executionTimeMillis", 0)
                    .append("totalKeysExamined", (int) (plan == null ? 0 : plan.keysExamined()))
                    .append("totalDocsExamined", (int) (plan == null ? 0 : plan.documentsExamined()))
                    .append("executionStages", stage)
                    .end();
        }
        return explained.append("command", call.body()).buildDoc();
    }
}
