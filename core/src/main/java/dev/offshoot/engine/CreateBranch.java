package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * <code>{createBranch: NAME, from: ...}</code>: makes a branch at the head or at a past position of another. {@code from} is a
 * branch ({@code "dev"}), a position of a branch ({@code "dev~48211"}), or a position of the branch that the database reference
 * names: an LSN, as a number or in digits, or a time, as a date or as ISO 8601. Without it, the reference itself says where.
 */
final class CreateBranch implements Command {
    private static final Pattern POSITION = Pattern.compile("[0-9]+|[^@~]*:[^@~]*");

    @Override
    public String name() {
        return "createBranch";
    }

    @Override
    public String help() {
        return "makes a branch: {createBranch: NAME, from: branch, LSN or time}; copies nothing";
    }

    @Override
    public Set<String> fields() {
        return Set.of("from");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = DatabaseReference.checkBranch(call.string(call.name()));
        Project project = Branches.project(call);
        Start start = start(call, project);
        Branch made = project.createBranch(name, start.parent, start.at, call.origin(name, start.parent.name()));
        Branches.write(reply, project, Branches.acknowledged(project, made), made.base());
    }

    private static Start start(Invocation call, Project project) {
        Value from = call.get("from");
        if (from != null
                && from.isString()
                && !POSITION.matcher(from.asString()).matches()) {
            DatabaseReference reference = DatabaseReference.parse(project.name() + "~" + from.asString());
            return start(project, reference, reference.position());
        }
        if (from == null || from.type() == Bson.NULL) {
            return start(project, call.database(), call.database().position());
        }
        if (from.isString()) {
            return start(project, call.database(), DatabaseReference.parsePosition(from.asString()));
        }
        DatabaseReference reference = call.database();
        Branch parent = project.branch(branchName(reference));
        if (from.type() == Bson.DATE) {
            return new Start(parent, project.positionAt(from.asInt64()));
        }
        if (!from.isNumber()) {
            throw call.mismatch("from", from, "types '[string, long, int, double, date]'");
        }
        return new Start(parent, wholeNumber(from));
    }

    private static Start start(
            Project project, DatabaseReference reference, DatabaseReference.@Nullable Position position) {
        return new Start(
                project.branch(branchName(reference)), position == null ? null : Invocation.lsn(project, position));
    }

    private static String branchName(DatabaseReference reference) {
        return reference.branch() == null ? Branch.MAIN : reference.branch();
    }

    private static long wholeNumber(Value from) {
        if (from.toDouble() != Math.rint(from.toDouble())) {
            throw new CommandException(ErrorCode.BAD_VALUE, "an LSN is a whole number, not " + from);
        }
        return from.toLong();
    }

    /** Where a branch starts: {@code at} is null for the parent's head. */
    private record Start(Branch parent, @Nullable Long at) {}
}
