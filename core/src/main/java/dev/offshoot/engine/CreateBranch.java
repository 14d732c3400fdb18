package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.ScopeRequest;
import dev.offshoot.wal.Origin;
import java.util.HashSet;
import java.util.Set;

/**
 * <code>{createBranch: NAME, from: ...}</code>: makes a branch at the head or at a past position of another. {@code from} is any position
 * that {@link Positions} reads; without it, the reference itself says where,
 * and one without a branch means the default branch. {@code description},
 * {@code labels}, {@code protected} and {@code expires} are as in {@code updateBranch}.
 *
 * <p>{@code collections: [...]} (names, or patterns with {@code *}) leaves out all others, {@code schemaOnly: true} all documents;
 * <code>mask: {COLLECTION: {PATH: RULE}}</code> hides fields from whoever reads through the branch.
 */
final class CreateBranch implements Command {
    @Override
    public String name() {
        return "createBranch";
    }

    @Override
    public String help() {
        return "makes a branch: {createBranch: NAME, from: branch, tag, LSN or time, expires: '2h', collections,"
                + " schemaOnly, mask}; copies nothing";
    }

    @Override
    public Set<String> fields() {
        Set<String> fields = new HashSet<>(BranchProperties.FIELDS);
        fields.addAll(Scopes.FIELDS);
        return fields;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = DatabaseReference.checkBranch(call.string(call.name()));
        Target start = Positions.start(call, "from");
        Project project = start.project();
        Doc properties = BranchProperties.changed(call, Doc.EMPTY);
        BranchProperties.check(project.catalog(), name, properties);
        ScopeRequest scope = Scopes.asked(call);
        Origin origin = call.origin(name, start.branch().name());
        Branch made = scope == null
                ? project.createBranch(name, start.branch(), start.at(), origin)
                : project.createPartialBranch(name, start.branch(), start.at(), scope, origin);
        if (!properties.isEmpty()) {
            made = project.alterBranch(made, before -> properties, origin);
        }
        Branches.write(reply, project, Branches.acknowledged(project, made), made.base());
    }
}
