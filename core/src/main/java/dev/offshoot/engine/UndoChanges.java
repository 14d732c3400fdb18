package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Commit;
import java.util.Set;

/**
 * <code>{undoChanges: 1, from: POSITION, to: POSITION, actor, collection}</code>: takes back what a branch's history has above one position up
 * to another, by default its head, as one new commit; <code>{undoChanges: 1, lsn: LSN}</code> what one commit did. What was changed since is a
 * conflict, as in a merge, unless it is what it was before anyway. An undo is undone by undoing its commit.
 */
final class UndoChanges implements Command {
    @Override
    public String name() {
        return "undoChanges";
    }

    @Override
    public String help() {
        return "takes back what was changed between two positions: {undoChanges: 1, from: position, to: position,"
                + " actor: text, collection: NAME, dryRun: bool}";
    }

    @Override
    public Set<String> fields() {
        return Moves.fields("from", "to", "lsn", "actor", "collection");
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Moves.checkOne(call, "name the branch in 'into', or send the command to its database");
        Project project = Branches.project(call);
        Branch target = MergeBranch.into(call, project);
        Moves.run(call, MergeTask.Kind.UNDO, target, () -> task(call, project, target), reply);
    }

    private static MergeTask task(Invocation call, Project project, Branch target) {
        Target head = Positions.of(project, DatabaseReference.parse(project.name() + "~" + target.name()));
        Position[] range = range(call, project, head);
        String actor = call.optionalString("actor");
        String collection = call.optionalString("collection");
        DocBuilder detail = new DocBuilder();
        StringBuilder message = new StringBuilder("undo " + (range[0].lsn() + 1) + ".." + range[1].lsn());
        if (actor != null) {
            if (actor.isBlank()) {
                throw new CommandException(
                        ErrorCode.BAD_VALUE, "'actor' says nobody; leave it out to take back what all of them did");
            }
            detail.append("actor", actor);
            message.append(" by ").append(actor);
        }
        if (collection != null) {
            detail.append("collection", call.checkCollection(collection));
            message.append(" in ").append(collection);
        }
        Doc only = detail.buildDoc();
        return Moves.between(
                MergeTask.Kind.UNDO,
                target,
                range[1],
                range[0],
                Moves.divergent(call),
                only,
                Moves.message(call, message.toString()));
    }

    /** The positions before and behind what is to be undone. */
    private static Position[] range(Invocation call, Project project, Target head) {
        Long lsn = Moves.lsn(call, "lsn");
        if (lsn != null) {
            if (call.has("from") || call.has("to")) {
                throw new CommandException(
                        ErrorCode.BAD_VALUE, "undoChanges takes 'lsn', or 'from' and 'to', not both");
            }
            Commit commit = Moves.commitAt(project, head, lsn);
            return Moves.around(project, commit);
        }
        if (!call.has("from")) {
            throw new CommandException(
                    ErrorCode.location(40414),
                    "BSON field 'undoChanges.from' is missing but a required field, unless 'lsn' names one commit");
        }
        Invocation there = call.on(head.reference());
        Position now = Position.of(head.snapshot());
        Position from = Position.of(Positions.of(there, "from").snapshot());
        Position to = call.has("to") ? Position.of(Positions.of(there, "to").snapshot()) : now;
        String what = "branch '" + head.branch().name() + "'";
        Moves.checkHistory(project, to, now, "to", what);
        Moves.checkHistory(project, from, to, "from", what + " up to LSN " + to.lsn());
        return new Position[] {from, to};
    }
}
