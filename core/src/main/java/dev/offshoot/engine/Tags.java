package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Tag;

/** What the commands about tags have in common: how they show one. */
final class Tags {
    private Tags() {}

    /** Name, id, the branch that it is a position of and whether that was dropped, LSN, time of creation. */
    static void write(DocBuilder reply, Project project, Tag tag) {
        Branch branch = project.catalog().existing(tag.branch());
        reply.append("name", tag.name())
                .append("id", tag.id())
                .append("branch", branch.name())
                .append("branch_dropped", branch.dropped())
                .append("lsn", tag.lsn())
                .appendDate("created", tag.createdMillis());
    }
}
