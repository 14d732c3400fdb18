package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Project;
import java.util.Set;

/** <code>{createProject: NAME}</code>: makes a project with its branch {@code main}. */
final class CreateProject implements Command {
    @Override
    public String name() {
        return "createProject";
    }

    @Override
    public String help() {
        return "makes a project with its branch main: {createProject: NAME}";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public boolean adminOnly() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = DatabaseReference.checkProject(call.string(call.name()));
        if (DatabaseReference.parse(name).isSystem()) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE,
                    "'" + name + "' is a database of MongoDB's own and cannot be a project");
        }
        Project project = call.engine().projects().create(name, call.origin("", name));
        call.engine().projects().list().stream()
                .filter(info -> info.id() == project.id())
                .forEach(info -> ProjectReply.write(reply, info, project));
    }
}
