package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Project;
import dev.offshoot.state.Tag;
import java.util.Set;

/** <code>{dropTag: NAME}</code>: removes a tag and answers what it was. The position stays as long as others are kept. */
final class DropTag implements Command {
    @Override
    public String name() {
        return "dropTag";
    }

    @Override
    public String help() {
        return "removes a tag: {dropTag: NAME}; the position stays as long as history is kept";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Tag tag = project.tag(call.string(call.name()));
        String branch = project.catalog().existing(tag.branch()).name();
        Tag unused = project.dropTag(tag, call.origin(branch, tag.name()));
        Tags.write(reply, project, tag);
    }
}
