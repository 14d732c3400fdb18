package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import java.util.List;

/** An update by a pipeline of stages that each make one document of one document. */
record PipelineUpdate(Pipeline pipeline) implements Update {
    static PipelineUpdate compile(Doc stages, CompileContext context) {
        return new PipelineUpdate(Pipeline.compile(stages, context, Within.UPDATE));
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
