package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Project;
import dev.offshoot.state.Tag;
import java.util.Set;

/**
 * <code>{createTag: NAME, at: ...}</code>: names a position for good. {@code at} is any position that {@link Positions} reads; without it,
 * the reference itself says where, and one without a branch means the default branch.
 */
final class CreateTag implements Command {
    @Override
    public String name() {
        return "createTag";
    }

    @Override
    public String help() {
        return "names a position for good: {createTag: NAME, at: branch, tag, LSN or time}";
    }

    @Override
    public Set<String> fields() {
        return Set.of("at");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = DatabaseReference.checkTag(call.string(call.name()));
        Target target = Positions.start(call, "at");
        Project project = target.project();
        Tag made = project.createTag(
                name, target.branch(), target.lsn(), call.origin(target.branch().name(), name));
        Tag acknowledged = project.catalog().tag(name);
        Tags.write(reply, project, acknowledged == null ? made : acknowledged);
    }
}
