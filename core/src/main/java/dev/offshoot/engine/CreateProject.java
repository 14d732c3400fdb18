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

    /** @throws CommandException InvalidNamespace when a project cannot have this name */
    static String checkName(String wanted) {
        String name = DatabaseReference.checkProject(wanted);
        if (DatabaseReference.parse(name).isSystem()) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE,
                    "'" + name + "' is a database of MongoDB's own and cannot be a project");
        }
        return name;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = checkName(call.string(call.name()));
        Project project = call.engine().projects().create(name, call.origin("", name));
        call.engine().projects().list().stream()
                .filter(info -> info.id() == project.id())
                .forEach(info -> ProjectReply.write(reply, info, project));
    }
}
