package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Manifest;
import dev.offshoot.state.Project;
import java.util.Set;

/** {@code walListCheckpoints}: the checkpoints of a project, oldest first. */
final class WalListCheckpoints implements Command {
    @Override
    public String name() {
        return "walListCheckpoints";
    }

    @Override
    public String help() {
        return "lists the checkpoints of a project";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = call.existingProject();
        reply.append("project", project.name()).append("lsn", project.lastLsn()).startArray("checkpoints");
        for (Manifest manifest : project.manifests()) {
            reply.addDocument()
                    .append("lsn", manifest.lsn())
                    .appendDate("at", manifest.end().millis())
                    .appendDate("created", manifest.createdMillis())
                    .append("branches", manifest.states().size())
                    .append("root", manifest.states().id().toString())
                    .end();
        }
        reply.end();
    }
}
