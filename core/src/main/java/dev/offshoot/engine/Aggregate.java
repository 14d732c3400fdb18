package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.CompileContext;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.WriteStage;
import dev.offshoot.state.Snapshot;
import java.util.Collections;
import java.util.Set;

/** {@code aggregate}: runs a pipeline over a collection. A leading {@code $match} is planned like a {@code find}. */
final class Aggregate implements Command {
    /** What {@code {aggregate: 1}} has for a collection in {@code ns}. */
    private static final String COLLECTIONLESS = "$cmd.aggregate";

    @Override
    public String name() {
        return "aggregate";
    }

    @Override
    public String help() {
        return "runs an aggregation pipeline";
    }

    @Override
    public Set<String> fields() {
        return Set.of(
                "pipeline",
                "explain",
                "allowDiskUse",
                "cursor",
                "bypassDocumentValidation",
                "collation",
                "hint",
                "let",
                "fromMongos",
                "needsMerge");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Unsupported.refuse(call, "aggregate", "fromMongos", "needsMerge");
        call.strictBool("allowDiskUse");
        Aggregation aggregation = aggregation(call);
        boolean explained = isExplained(call);
        long size = batchSize(call, explained);
        if (explained) {
            Explain.aggregate(call, aggregation, reply);
            return;
        }
        WriteStage write = aggregation.pipeline().writeStage();
        if (write != null) {
            if (Concerns.isLinearizable(call)) {
                throw new CommandException(
                        ErrorCode.INVALID_OPTIONS,
                        "$out and $merge cannot be used with a 'linearizable' read concern level");
            }
            PipelineOutput output = PipelineOutput.of(call, write);
            output.write(aggregation.withoutWriteStage().run(call), call.pipelineContext());
        }
        CursorReply.first(
                call,
                new CursorReply.Opening(
                        isCollectionless(call) ? COLLECTIONLESS : call.collection(), size, false, false),
                write == null ? aggregation.run(call) : Collections.emptyIterator(),
                reply);
    }

    private static long batchSize(Invocation call, boolean explained) {
        Value cursor = call.get("cursor");
        if (cursor == null && explained) {
            return 0;
        }
        if (cursor == null) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "The 'cursor' option is required, except for aggregate with the explain argument");
        }
        if (!cursor.isDocument()) {
            throw call.mismatch("cursor", cursor, "type 'object'");
        }
        return CursorReply.batchSize("aggregate", cursor.asDoc(), CursorReply.FIRST_BATCH);
    }

    private static boolean isExplained(Invocation call) {
        boolean explained = call.strictBool("explain");
        if (explained && call.has("writeConcern")) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "an explained aggregate writes nothing and takes no writeConcern");
        }
        return explained;
    }

    /** What the command asks to run. */
    static Aggregation aggregation(Invocation call) {
        Doc stages = stages(call);
        Snapshot state = call.snapshot();
        boolean collectionless = isCollectionless(call);
        Collation collation = Collations.of(call, state);
        Views.checkReads(state, stages, collation, call::namespace);
        CompileContext compile = call.compileContext().with(collation);
        return collectionless
                ? Aggregation.onNothing(state, stages, compile)
                : Aggregation.on(state, call.collection(), stages, compile);
    }

    private static boolean isCollectionless(Invocation call) {
        Value target = call.body().first().value();
        if (target.isNumber() && target.toDouble() != 1) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "Invalid command format: the '" + call.name() + "' field must specify a collection name or 1");
        }
        return target.isNumber();
    }

    private static Doc stages(Invocation call) {
        Value stages = call.get("pipeline");
        if (stages == null) {
            throw new CommandException(
                    ErrorCode.location(40414), "BSON field 'aggregate.pipeline' is missing but a required field");
        }
        if (stages.type() != Bson.ARRAY) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "'pipeline' option must be specified as an array");
        }
        return stages.asDoc();
    }
}
