package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Project;
import dev.offshoot.state.Tag;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * From a position as people write it to a branch and an LSN: in the name of a database, and in fields of commands. A field takes a
 * branch ({@code "dev"}, its head), a tag ({@code "v1"}), a position of a branch ({@code "dev~48211"},
 * {@code "dev@2026-11-21T10:15:00Z"}), or a position of the branch that the command's database names: an LSN, as a number or in digits,
 * or a time, as a date or as ISO 8601.
 */
final class Positions {
    private static final Pattern WITHOUT_BRANCH = Pattern.compile("[0-9]+|[^@~]*:[^@~]*");

    private Positions() {}

    /**
     * What a database reference names.
     *
     * @throws CommandException NamespaceNotFound for a name that neither a branch nor a tag has, with near names; BadValue for a
     *     position that is not there yet, and for one behind a tag
     */
    static Target of(Project project, DatabaseReference reference) {
        String name = reference.branch() == null ? Branch.MAIN : reference.branch();
        Catalog catalog = project.catalogWith(name);
        Branch branch = catalog.branch(name);
        DatabaseReference.Position position = reference.position();
        if (branch != null) {
            return new Target(reference, project, branch, position == null ? null : lsn(project, position));
        }
        Tag tag = catalog.tag(name);
        if (tag == null) {
            throw project.unknown(name);
        }
        Branch tagged = catalog.existing(tag.branch());
        if (position != null) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + reference.text() + "': tag '" + tag.name() + "' is one position, LSN " + tag.lsn()
                            + " of branch '" + tagged.name()
                            + "', and nothing stands behind it; another position of the"
                            + " branch is " + project.name() + "~" + tagged.name() + "~LSN");
        }
        return new Target(reference, project, tagged, tag.lsn());
    }

    /**
     * Where something new begins: what a field of a command names; where it is missing or null, what the command's database names, and where
     * that names no branch, the head of the default branch.
     *
     * @throws CommandException as {@link #of(Invocation, String)}
     */
    static Target start(Invocation call, String field) {
        Value value = call.get(field);
        if (call.database().branch() != null || (value != null && value.type() != Bson.NULL)) {
            return of(call, field);
        }
        Project project = Branches.project(call);
        return new Target(call.database(), project, Branches.defaultBranch(project.catalog()), null);
    }

    /**
     * What a field of a command names; where it is missing or null, what the command's database names.
     *
     * @throws CommandException as {@link #of(Project, DatabaseReference)}, and TypeMismatch
     */
    static Target of(Invocation call, String field) {
        Project project = Branches.project(call);
        Value value = call.get(field);
        if (value == null || value.type() == Bson.NULL) {
            return of(project, call.database());
        }
        if (value.isString()) {
            return of(project, call.database(), value.asString());
        }
        if (value.type() == Bson.DATE) {
            Instant time = Instant.ofEpochMilli(value.asInt64());
            return of(project, call.database(), new DatabaseReference.Position(null, time));
        }
        if (value.isNumber()) {
            return of(project, call.database(), new DatabaseReference.Position(wholeNumber(value), null));
        }
        throw call.mismatch(field, value, "types '[string, long, int, double, date]'");
    }

    /**
     * What a text names.
     *
     * @param database whose branch is meant where the text is only an LSN or a time
     * @throws CommandException as {@link #of(Project, DatabaseReference)}
     */
    static Target of(Project project, DatabaseReference database, String text) {
        return WITHOUT_BRANCH.matcher(text).matches()
                ? of(project, database, DatabaseReference.parsePosition(text))
                : of(project, DatabaseReference.parse(project.name() + "~" + text));
    }

    private static Target of(Project project, DatabaseReference database, DatabaseReference.Position position) {
        DatabaseReference named = new DatabaseReference(database.text(), database.project(), database.branch(), null);
        Branch branch = of(project, named).branch();
        String text = project.name() + "~" + branch.name() + "~"
                + (position.lsn() == null ? position.time() : position.lsn());
        DatabaseReference reference = new DatabaseReference(text, project.name(), branch.name(), position);
        return new Target(reference, project, branch, lsn(project, position));
    }

    private static long lsn(Project project, DatabaseReference.Position position) {
        Long lsn = position.lsn();
        if (lsn != null) {
            return project.checkPosition(lsn);
        }
        @Nullable Instant time = position.time();
        return project.positionAt(time == null ? 0 : time.toEpochMilli());
    }

    /** An LSN, which has no fraction. */
    static long wholeNumber(Value from) {
        if (from.toDouble() != Math.rint(from.toDouble())) {
            throw new CommandException(ErrorCode.BAD_VALUE, "an LSN is a whole number, not " + from);
        }
        return from.toLong();
    }
}
