package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Project;
import dev.offshoot.store.LogSegment;
import java.util.Set;

/** {@code walListSegments}: the parts that a project's log lies in, in order. */
final class WalListSegments implements Command {
    @Override
    public String name() {
        return "walListSegments";
    }

    @Override
    public String help() {
        return "lists the parts that the log of a project lies in";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        reply.append("project", project.name()).append("lsn", project.lastLsn()).startArray("segments");
        for (LogSegment segment : project.segments()) {
            reply.addDocument()
                    .append("name", segment.name())
                    .append("first_lsn", segment.firstLsn())
                    .append("last_lsn", segment.lastLsn())
                    .append("bytes", segment.bytes())
                    .end();
        }
        reply.end();
    }
}
