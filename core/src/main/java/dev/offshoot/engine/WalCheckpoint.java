package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Manifest;
import dev.offshoot.state.Project;
import java.util.Set;

/** {@code walCheckpoint}: makes a checkpoint of the project now, unless nothing changed since the last one; answers its LSN. */
final class WalCheckpoint implements Command {
    @Override
    public String name() {
        return "walCheckpoint";
    }

    @Override
    public String help() {
        return "makes a checkpoint of a project: a restart and reads of the past begin there";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Manifest manifest = project.checkpoints().checkpoint();
        reply.append("project", project.name());
        if (manifest != null) {
            reply.append("lsn", manifest.lsn()).appendDate("created", manifest.createdMillis());
        }
    }
}
