package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code listBranches}: the branches of a project, ordered by name, and the LSN of the project's last change. With {@code dropped: true}
 * instead those that were dropped, the newest first. With {@code aheadBehind: true} how many commits each has that its parent does not
 * have, and the other way round; with {@code aheadBehind: POSITION} against that.
 */
final class ListBranches implements Command {
    private static final String AHEAD_BEHIND = "aheadBehind";

    @Override
    public String name() {
        return "listBranches";
    }

    @Override
    public String help() {
        return "lists the branches of a project with base and head LSN, or with dropped: true those that were dropped";
    }

    @Override
    public Set<String> fields() {
        return Set.of("dropped", AHEAD_BEHIND);
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Moves.checkOne(call, "send the command to the database of the project");
        Project project = Branches.project(call);
        UpdateProject.write(reply, project);
        reply.startArray("branches");
        if (call.bool("dropped", false)) {
            writeDropped(reply, project);
        } else {
            write(call, reply, project);
        }
        reply.end();
    }

    private static void write(Invocation call, DocBuilder reply, Project project) {
        Map<Long, Snapshot> heads = new LinkedHashMap<>();
        for (Branch branch : project.catalog().branches()) {
            Snapshot head = project.acknowledgedState(branch.id());
            if (head != null) {
                heads.put(branch.id(), head);
            }
        }
        Divergence divergence = divergence(call, project, heads);
        heads.forEach((id, head) -> {
            reply.addDocument();
            Branches.write(reply, project, project.catalog().existing(id), head.lsn());
            if (divergence != null) {
                divergence.write(reply, id);
            }
            reply.end();
        });
    }

    private static @Nullable Divergence divergence(Invocation call, Project project, Map<Long, Snapshot> heads) {
        Value asked = call.get(AHEAD_BEHIND);
        if (asked == null || asked.type() == Bson.NULL) {
            return null;
        }
        if (asked.isString()) {
            return Divergence.of(call, project, heads, Positions.of(project, call.database(), asked.asString()));
        }
        return call.bool(AHEAD_BEHIND, false) ? Divergence.of(call, project, heads, null) : null;
    }

    private static void writeDropped(DocBuilder reply, Project project) {
        long oldest = project.oldestLsn();
        for (Branch branch : Branches.dropped(project.catalog())) {
            reply.addDocument();
            Branches.writeDropped(reply, project, branch, oldest);
            reply.end();
        }
    }
}
