package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Project;
import dev.offshoot.state.Projects;

/** How the commands about projects show one. */
final class ProjectReply {
    private ProjectReply() {}

    /** Name, id, LSN of the last change, number of branches, time of creation. */
    static void write(DocBuilder reply, Projects.Info info, Project project) {
        reply.append("name", info.name())
                .append("id", info.id())
                .append("head_lsn", project.lastLsn())
                .append("branches", project.catalog().size())
                .appendDate("created", info.createdMillis());
    }
}
