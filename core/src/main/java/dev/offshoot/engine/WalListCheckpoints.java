package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Manifest;
import dev.offshoot.state.Project;
import dev.offshoot.store.CorruptionException;
import java.util.Set;

/** {@code walListCheckpoints}: the checkpoints of a project, oldest first; a damaged one with what is wrong with it. */
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
        Project project = Branches.project(call);
        reply.append("project", project.name()).append("lsn", project.lastLsn()).startArray("checkpoints");
        for (long lsn : project.checkpoints().list()) {
            describe(project, lsn, reply);
        }
        reply.end();
    }

    /** Nothing for one that was removed since it was listed. */
    private static void describe(Project project, long lsn, DocBuilder reply) {
        try {
            Manifest manifest = project.checkpoints().manifest(lsn);
            if (manifest != null) {
                reply.addDocument()
                        .append("lsn", lsn)
                        .appendDate("at", manifest.end().millis())
                        .appendDate("created", manifest.createdMillis())
                        .append("branches", manifest.branchCount())
                        .append("root", manifest.rootPage())
                        .end();
            }
        } catch (CorruptionException e) {
            reply.addDocument()
                    .append("lsn", lsn)
                    .append("damaged", String.valueOf(e.getMessage()))
                    .end();
        }
    }
}
