package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import java.util.Set;

/**
 * <code>{cherryPick: SOURCE, from: POSITION, to: POSITION, into: BRANCH}</code>: brings the commits that a branch's history has above one
 * position up to another to a branch, each with its author and message; <code>{cherryPick: 'dev~48211'}</code> the one commit that this LSN is
 * in. With {@code squash: true} what they did together is one commit of who picks. Each tells where it came from, and no merge takes note of it.
 */
final class CherryPick implements Command {
    @Override
    public String name() {
        return "cherryPick";
    }

    @Override
    public String help() {
        return "brings single commits to a branch: {cherryPick: SOURCE, from: position, to: position, into: BRANCH, squash: bool}";
    }

    @Override
    public Set<String> fields() {
        return Moves.fields("from", "to", "squash");
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Branch target = MergeBranch.into(call, project);
        Moves.run(call, MergeTask.Kind.CHERRY_PICK, target, () -> task(call, project, target), reply);
    }

    private static MergeTask task(Invocation call, Project project, Branch target) {
        Value named = call.get(call.name());
        if (named == null || named.type() == Bson.NULL || !named.isString()) {
            throw call.mismatch(call.name(), named == null ? Value.NULL : named, "type 'string'");
        }
        Target source = Positions.of(call, call.name());
        Position[] range = range(call, project, source);
        boolean squash = call.bool("squash", false);
        return Moves.between(
                MergeTask.Kind.CHERRY_PICK,
                target,
                range[0],
                range[1],
                MergeBranch.settings(call),
                squash ? Doc.EMPTY : apart(call, project, source),
                squash
                        ? Moves.message(
                                call,
                                "cherry-pick " + (range[0].lsn() + 1) + ".." + range[1].lsn() + " of "
                                        + source.branch().name())
                        : "");
    }

    /** What says that the commits are kept apart, which one it is, and what they are to say. */
    private static Doc apart(Invocation call, Project project, Target source) {
        DocBuilder detail = new DocBuilder().append("apart", true);
        Long at = source.at();
        if (at != null && !call.has("from")) {
            detail.append("commit", Moves.commitAt(project, source, at).firstLsn());
        }
        String message = Moves.message(call, "");
        if (!message.isEmpty()) {
            detail.append("message", message);
        }
        return detail.buildDoc();
    }

    /** The positions before and behind what is picked. */
    private static Position[] range(Invocation call, Project project, Target source) {
        Long at = source.at();
        if (!call.has("from")) {
            if (at == null || call.has("to")) {
                throw new CommandException(
                        ErrorCode.location(40414),
                        "BSON field 'cherryPick.from' is missing but a required field, unless the source is one commit,"
                                + " such as '" + source.branch().name() + "~48211'");
            }
            return Moves.around(project, Moves.commitAt(project, source, at));
        }
        DatabaseReference branch =
                DatabaseReference.parse(project.name() + "~" + source.branch().name());
        Invocation there = call.on(branch);
        Position end = Position.of(source.snapshot());
        Position from = Position.of(Positions.of(there, "from").snapshot());
        Position to = call.has("to") ? Position.of(Positions.of(there, "to").snapshot()) : end;
        String what = "'" + source.text() + "'";
        Moves.checkHistory(project, to, end, "to", what);
        Moves.checkHistory(project, from, to, "from", what + " up to LSN " + to.lsn());
        return new Position[] {from, to};
    }
}
