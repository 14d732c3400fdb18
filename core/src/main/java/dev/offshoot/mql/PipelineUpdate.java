package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import java.util.List;

/** An update by a pipeline of stages that each make one document of one document. */
record PipelineUpdate(Pipeline pipeline) implements Update {
    static PipelineUpdate compile(Doc stages, CompileContext context) {
        Pipeline pipeline = Pipeline.compile(stages, context);
        int refused = pipeline.firstNotAllowedInUpdate();
        if (refused >= 0) {
            String name =
                    BsonArrays.elements(stages).get(refused).asDoc().first().name();
            throw new CommandException(ErrorCode.INVALID_OPTIONS, name + " is not allowed to be used within an update");
        }
        return new PipelineUpdate(pipeline);
    }

    @Override
    public Doc apply(Doc before, int position, UpdateContext context) {
        PipelineContext inner =
                PipelineContext.of(context.nowMillis(), context.random()).withVariables(context.variables());
        Doc after = pipeline.run(List.of(before).iterator(), inner).next();
        return ReplacementUpdate.replace(before, before.get("_id"), after);
    }

    @Override
    public Doc upsert(List<Doc.Field> equalities, UpdateContext context) {
        return ReplacementUpdate.idFirst(apply(OperatorUpdate.fromFilter(equalities, context), -1, context));
    }
}
