package dev.offshoot.engine;

import dev.offshoot.archive.ProjectSource;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Set;

/** {@code walSource}: what of a project there is to copy to an archive. */
final class WalSource implements Command {
    @Override
    public String name() {
        return "walSource";
    }

    @Override
    public String help() {
        return "tells what of a project there is to copy: its log's positions and its checkpoints";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        ProjectSource source = call.existingProject().content();
        reply.append("project", source.project())
                .append("log", source.log())
                .append("firstLsn", source.firstLsn())
                .append("lastLsn", source.lastLsn())
                .startArray("checkpoints");
        source.checkpoints().forEach(lsn -> reply.add(Value.of(lsn)));
        reply.end();
    }
}
