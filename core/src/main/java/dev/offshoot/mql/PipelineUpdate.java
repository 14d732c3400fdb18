package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import java.util.List;

/** An update by a pipeline of stages that work on one document. */
record PipelineUpdate(Doc stages) implements Update {
    static PipelineUpdate compile(Doc stages) {
        if (stages.isEmpty()) {
            return new PipelineUpdate(stages);
        }
        throw new CommandException(ErrorCode.NOT_IMPLEMENTED, "pipeline updates are not supported yet");
    }

    @Override
    public Doc apply(Doc before, UpdateContext context) {
        return before;
    }

    @Override
    public Doc upsert(List<Doc.Field> equalities, UpdateContext context) {
        return OperatorUpdate.fromFilter(equalities, context);
    }
}
