package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Origin;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <code>{updateProject: 1, protect: ['release-*'], default: BRANCH}</code>: which branches are protected by their names, all patterns at once,
 * and which one is the default. What is not mentioned stays; without a field it only tells.
 */
final class UpdateProject implements Command {
    private static final String DEFAULT = "default";

    @Override
    public String name() {
        return "updateProject";
    }

    @Override
    public String help() {
        return "protects branches by name and chooses the default branch: {updateProject: 1, protect: ['release-*'],"
                + " default: BRANCH}";
    }

    @Override
    public Set<String> fields() {
        return Set.of(Protection.PATTERNS, DEFAULT);
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Moves.checkOne(call, "send the command to the database of the project");
        Project project = Branches.project(call);
        @Nullable
        List<String> patterns =
                call.has(Protection.PATTERNS) ? Protection.checkPatterns(call.strings(Protection.PATTERNS)) : null;
        String name = call.optionalString(DEFAULT);
        @Nullable Branch branch = name == null ? null : project.branch(name);
        if (branch != null) {
            BranchProperties.check(project.catalog(), branch, branch.properties(), true);
        }
        Origin origin = call.origin("", project.name());
        Doc unused = project.alter(before -> changed(before, patterns, branch), origin);
        if (patterns != null) {
            settle(project, origin);
        }
        write(reply, project);
    }

    private static Doc changed(Doc before, @Nullable List<String> patterns, @Nullable Branch branch) {
        Doc after = before;
        if (patterns != null) {
            after = BranchProperties.with(
                    after, Protection.PATTERNS, patterns.isEmpty() ? null : BranchProperties.array(patterns));
        }
        return branch == null ? after : BranchProperties.with(after, Branches.DEFAULT, Value.of(branch.id()));
    }

    private static void settle(Project project, Origin origin) {
        for (Branch branch : project.catalog().branches()) {
            if (Protection.pattern(project.catalog(), branch.name()) != null) {
                Protection.settle(project, branch, origin);
            }
        }
    }

    /** The properties of a project that people see. */
    static void write(DocBuilder reply, Project project) {
        reply.append("project", project.name())
                .append("lsn", project.lastLsn())
                .append(DEFAULT, Branches.defaultBranch(project.catalog()).name())
                .startArray(Protection.PATTERNS);
        Protection.patterns(project.catalog()).forEach(reply::add);
        reply.end();
    }
}
