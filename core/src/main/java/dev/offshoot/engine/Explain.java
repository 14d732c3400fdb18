package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Snapshot;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code explain}: which plan a command would take, and from {@code executionStats} on what it had to look at. The plan is the one
 * that the command itself would run, and the numbers are those of running it; a write is run up to the change it would make.
 */
final class Explain implements Command {
    /** How much is told. */
    private enum Verbosity {
        queryPlanner,
        executionStats,
        allPlansExecution
    }

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
        Verbosity verbosity = verbosity(call.optionalString("verbosity"));
        Invocation explained = call.inner(inner.asDoc());
        Command command = Commands.find(explained.name());
        if (command != null) {
            Engine.checkFields(command, explained);
        }
        switch (explained.name()) {
            case "find" -> {
                Aggregation view = ViewQuery.find(explained, explained.snapshot());
                if (view == null) {
                    write(explained, find(explained), verbosity, reply);
                } else {
                    aggregate(explained, view, verbosity, reply);
                }
            }
            case "aggregate" -> aggregate(explained, Aggregate.aggregation(explained), verbosity, reply);
            case "count", "distinct" -> {
                Aggregation view = ViewQuery.match(explained, explained.snapshot(), explained.document("query"));
                if (view == null) {
                    boolean count = explained.name().equals("count");
                    write(explained, count ? count(explained) : distinct(explained), verbosity, reply);
                } else {
                    aggregate(explained, view, verbosity, reply);
                }
            }
            case "findAndModify", "findandmodify" -> write(explained, findAndModify(explained), verbosity, reply);
            case "update" ->
                write(explained, statement(explained, "updates", UpdateCommand.STATEMENT_FIELDS), verbosity, reply);
            case "delete" ->
                write(explained, statement(explained, "deletes", Delete.STATEMENT_FIELDS), verbosity, reply);
            default ->
                throw new CommandException(
                        ErrorCode.COMMAND_NOT_FOUND, "Explain failed due to unknown command: " + explained.name());
        }
    }

    private static Verbosity verbosity(@Nullable String asked) {
        if (asked == null) {
            return Verbosity.allPlansExecution;
        }
        for (Verbosity verbosity : Verbosity.values()) {
            if (verbosity.name().equals(asked)) {
                return verbosity;
            }
        }
        throw new CommandException(
                ErrorCode.BAD_VALUE,
                "Enumeration value '" + asked + "' for field 'explain.verbosity' is not a valid value.");
    }

    private static Explained find(Invocation call) {
        Snapshot state = call.snapshot();
        Query query = Find.query(call, state);
        Plan plan = query.plan(state, call.collection(), Reading.unnoticed(call.deadline()));
        return new Explained(query.filter(), plan, new Explained.Find(query.run(plan, call.pipelineContext())));
    }

    private static Explained count(Invocation call) {
        Count.Counting counting = Count.counting(call, call.snapshot());
        Plan plan = counting.plan(call, call.snapshot());
        return new Explained(counting.filter(), plan, new Explained.Count(plan, counting.skip(), counting.limit()));
    }

    private static Explained distinct(Invocation call) {
        Distinct.Asked asked = Distinct.asked(call, call.snapshot());
        Plan plan = asked.plan(call, call.snapshot());
        return new Explained(asked.filter(), plan, new Explained.Plain(plan, 0));
    }

    private static Explained findAndModify(Invocation call) {
        Query query = new Query(
                call.filter(call.document("query"), Collations.of(call, call.snapshot())),
                call.document("sort"),
                dev.offshoot.mql.Projection.compile(Doc.EMPTY),
                0,
                1,
                Unsupported.hint(call.get("hint"), call.name()),
                Query.Form.PLAIN);
        Plan plan = query.plan(call.snapshot(), call.collection(), Reading.unnoticed(call.deadline()));
        FindRun run = query.run(plan, call.pipelineContext());
        boolean remove = call.bool("remove", false);
        return new Explained(query.filter(), plan, new Explained.Write(remove ? "DELETE" : "UPDATE", run, false));
    }

    private static Explained statement(Invocation call, String field, Set<String> known) {
        List<Doc> statements = call.documents(field);
        if (statements.size() != 1) {
            throw new CommandException(
                    ErrorCode.INVALID_LENGTH, "explained write batches must be of size 1, got " + statements.size());
        }
        SubDocument statement = new SubDocument(call.name() + "." + field, statements.get(0)).only(known);
        Collation asked = Collations.asked(statement.document("collation"));
        boolean update = field.equals("updates");
        Value limit = statement.doc().get("limit");
        boolean one = update ? !statement.bool("multi") : limit != null && limit.isTruthy();
        Query query = new Query(
                call.filter(
                        statement.requiredDocument("q"),
                        asked == null ? Collations.inherited(call.snapshot(), call.collection()) : asked),
                order(statement.doc()),
                dev.offshoot.mql.Projection.compile(Doc.EMPTY),
                0,
                one ? 1 : 0,
                statement.hint(),
                Query.Form.PLAIN);
        Plan plan = query.plan(call.snapshot(), call.collection(), Reading.unnoticed(call.deadline()));
        FindRun run = query.run(plan, call.pipelineContext());
        return new Explained(
                query.filter(),
                plan,
                new Explained.Write(update ? "UPDATE" : "DELETE", run, update && statement.bool("upsert")));
    }

    private static Doc order(Doc statement) {
        Value sort = statement.get("sort");
        return sort != null && sort.isDocument() ? sort.asDoc() : Doc.EMPTY;
    }

    /** What {@code aggregate} answers to its {@code explain} option. */
    static void aggregate(Invocation call, Aggregation aggregation, DocBuilder reply) {
        aggregate(call, aggregation, Verbosity.queryPlanner, reply);
    }

    private static void aggregate(
            Invocation explained, Aggregation aggregation, Verbosity verbosity, DocBuilder reply) {
        Aggregation.Input input = aggregation.input(explained);
        Explained cursor = new Explained(input.filter(), input.plan(), new Explained.Plain(input.plan(), 0));
        if (input.stagesTaken() >= aggregation.stages().count()) {
            write(explained, cursor, verbosity, reply);
            return;
        }
        reply.append("explainVersion", "1").startArray("stages").addDocument().startDocument("$cursor");
        plans(explained, cursor, verbosity, reply);
        reply.end().end();
        int i = 0;
        for (Doc.Field stage : aggregation.stages()) {
            if (i++ >= input.stagesTaken()) {
                reply.add(stage.value());
            }
        }
        reply.end();
        server(explained, reply);
    }

    private static void write(Invocation explained, Explained subject, Verbosity verbosity, DocBuilder reply) {
        reply.append("explainVersion", "1");
        plans(explained, subject, verbosity, reply);
        server(explained, reply);
    }

    private static void plans(Invocation explained, Explained subject, Verbosity verbosity, DocBuilder reply) {
        Plan plan = subject.plan();
        reply.startDocument("queryPlanner")
                .append("namespace", namespace(explained))
                .append("parsedQuery", subject.filter().source())
                .append("indexFilterSet", false);
        Collation collation = subject.filter().collation();
        if (!collation.isSimple()) {
            reply.append("collation", collation.toDoc());
        }
        reply.append("optimizationTimeMillis", 0)
                .append("maxIndexedOrSolutionsReached", false)
                .append("maxIndexedAndSolutionsReached", false)
                .append("maxScansToExplodeReached", false)
                .append("prunedSimilarIndexes", false)
                .startDocument("winningPlan")
                .append("isCached", false);
        subject.form().explain(reply, false);
        reply.end().startArray("rejectedPlans");
        if (plan != null) {
            plan.access().explainRejected().forEach(reply::add);
        }
        reply.end().end();
        if (verbosity == Verbosity.queryPlanner) {
            return;
        }
        long start = System.nanoTime();
        subject.form().run();
        long millis = (System.nanoTime() - start) / 1_000_000;
        reply.startDocument("executionStats")
                .append("executionSuccess", true)
                .append("nReturned", number(subject.form().returned()))
                .append("executionTimeMillis", number(millis))
                .append(
                        "totalKeysExamined",
                        number(plan == null ? 0 : plan.access().keysExamined()))
                .append(
                        "totalDocsExamined",
                        number(plan == null ? 0 : plan.access().documentsExamined()))
                .startDocument("executionStages");
        subject.form().explain(reply, true);
        reply.end();
        if (verbosity == Verbosity.allPlansExecution) {
            reply.startArray("allPlansExecution");
            if (plan != null && !plan.access().explainRejected().isEmpty()) {
                plan.access().explainTrials(reply);
            }
            reply.end();
        }
        reply.end();
    }

    private static String namespace(Invocation explained) {
        Value named = explained.body().first().value();
        return named.isString() ? explained.namespace(named.asString()) : explained.namespace("$cmd.aggregate");
    }

    private static void server(Invocation explained, DocBuilder reply) {
        reply.append("command", explained.body())
                .startDocument("serverInfo")
                .append("host", "offshoot")
                .append("port", 27017)
                .append("version", Version.MONGODB)
                .append("gitVersion", "offshoot-" + Version.OFFSHOOT)
                .end()
                .startDocument("serverParameters")
                .append("internalQueryFacetBufferSizeBytes", 104857600)
                .append("internalQueryFacetMaxOutputDocSizeBytes", 104857600)
                .append("internalLookupStageIntermediateDocumentMaxSizeBytes", 104857600)
                .append("internalDocumentSourceGroupMaxMemoryBytes", 104857600)
                .append("internalQueryMaxBlockingSortMemoryUsageBytes", 104857600)
                .append("internalQueryProhibitBlockingMergeOnMongoS", 0)
                .append("internalQueryMaxAddToSetBytes", 104857600)
                .append("internalDocumentSourceSetWindowFieldsMaxMemoryBytes", 104857600)
                .append("internalQueryFrameworkControl", "forceClassicEngine")
                .end();
    }

    static Value number(long count) {
        return count == (int) count ? Value.of((int) count) : Value.of(count);
    }
}
