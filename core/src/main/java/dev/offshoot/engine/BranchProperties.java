package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.wal.Origin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What people said about a branch: {@code description}, {@code labels}, {@code protected}, and when it expires. In the log they are one
 * document; one that is not there, null, empty or false is left out of it.
 */
final class BranchProperties {
    /** The fields of commands that set them. */
    static final Set<String> FIELDS = Set.of("description", "labels", "protected", "expires");

    private static final String DESCRIPTION = "description";
    private static final String LABELS = "labels";
    private static final String PROTECTED = "protected";
    private static final String EXPIRES = "expires";

    /** What {@link #EXPIRES} is called in the log. */
    private static final String EXPIRES_AT = "expiresAt";

    private static final int LABELS_MAX = 32;
    private static final int LABEL_CHARS_MAX = 64;

    private BranchProperties() {}

    /** Whether the branch itself is protected; a pattern of the project may do so too, see {@link Protection}. */
    static boolean isProtected(Branch branch) {
        return isProtected(branch.properties());
    }

    private static boolean isProtected(Doc properties) {
        Value value = properties.get(PROTECTED);
        return value != null && value.isTruthy();
    }

    /** When it is to be removed, in milliseconds since 1970; null for never. */
    static @Nullable Long expiresMillis(Branch branch) {
        return expiresMillis(branch.properties());
    }

    private static @Nullable Long expiresMillis(Doc properties) {
        Value value = properties.get(EXPIRES_AT);
        return value == null || value.type() != Bson.DATE ? null : Long.valueOf(value.asInt64());
    }

    /** The properties without when it is to be removed. */
    static Doc kept(Doc properties) {
        return with(properties, EXPIRES_AT, null);
    }

    /**
     * The properties that a command leaves: what it does not mention stays.
     *
     * @throws CommandException for values that cannot be, or not on one branch
     */
    static Doc changed(Invocation call, Doc before) {
        Doc after = before;
        if (call.has(DESCRIPTION)) {
            after = with(after, DESCRIPTION, description(call));
        }
        if (call.has(LABELS)) {
            after = with(after, LABELS, labels(call));
        }
        if (call.has(PROTECTED)) {
            after = with(after, PROTECTED, call.bool(PROTECTED, false) ? Value.of(true) : null);
        }
        Value expires = call.get(EXPIRES);
        if (expires != null) {
            after = with(
                    after,
                    EXPIRES_AT,
                    expires.type() == Bson.NULL
                            ? null
                            : Value.date(Expires.millis(call, EXPIRES, expires, call.nowMillis())));
        }
        return after;
    }

    /**
     * Refuses properties that do not go together on a branch.
     *
     * @param isToBeDefault whether it is about to be the default branch
     * @throws CommandException IllegalOperation where a branch that stays is to expire
     */
    static void check(Catalog catalog, Branch branch, Doc properties, boolean isToBeDefault) {
        if (branch.parent() == 0) {
            checkStays(properties, branch.name(), "it is the first of the project");
        } else if (isToBeDefault || Branches.defaultBranch(catalog).id() == branch.id()) {
            checkStays(properties, branch.name(), "it is the default branch");
        } else {
            check(catalog, branch.name(), properties);
        }
    }

    /** The same for a branch that is about to be made. */
    static void check(Catalog catalog, String branchName, Doc properties) {
        if (isProtected(properties) || Protection.pattern(catalog, branchName) != null) {
            checkStays(properties, branchName, "it is protected");
        }
    }

    private static void checkStays(Doc properties, String branchName, String reason) {
        Long expires = expiresMillis(properties);
        if (expires != null) {
            throw new CommandException(
                    ErrorCode.ILLEGAL_OPERATION,
                    "branch '" + branchName + "' cannot expire (at " + Instant.ofEpochMilli(expires) + "), since "
                            + reason + "; say expires: null to keep it");
        }
    }

    /** Writes what there is of them, and whether the branch is protected or the default one. */
    static void write(DocBuilder reply, Catalog catalog, Branch branch) {
        Doc properties = branch.properties();
        for (String name : List.of(DESCRIPTION, LABELS)) {
            Value value = properties.get(name);
            if (value != null) {
                reply.append(name, value);
            }
        }
        if (isProtected(properties)) {
            reply.append(PROTECTED, true);
        } else {
            String pattern = Protection.pattern(catalog, branch.name());
            if (pattern != null) {
                reply.append(PROTECTED, true).append("protected_by", pattern);
            }
        }
        Long expires = expiresMillis(properties);
        if (expires != null) {
            reply.appendDate(EXPIRES, expires);
        }
        if (!branch.dropped() && Branches.defaultBranch(catalog).id() == branch.id()) {
            reply.append("default", true);
        }
    }

    private static @Nullable Value description(Invocation call) {
        String text = call.optionalString(DESCRIPTION);
        if (text != null && text.length() > Origin.MESSAGE_CHARS_MAX) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "a description has at most " + Origin.MESSAGE_CHARS_MAX + " characters, not " + text.length());
        }
        return text == null || text.isEmpty() ? null : Value.of(text);
    }

    private static @Nullable Value labels(Invocation call) {
        List<String> labels = call.strings(LABELS);
        List<String> distinct = new ArrayList<>();
        for (String label : labels) {
            if (label.isBlank() || label.length() > LABEL_CHARS_MAX) {
                throw new CommandException(
                        ErrorCode.BAD_VALUE,
                        "'" + label + "' is no label: it takes 1 to " + LABEL_CHARS_MAX + " characters");
            }
            if (!distinct.contains(label)) {
                distinct.add(label);
            }
        }
        if (distinct.size() > LABELS_MAX) {
            throw new CommandException(ErrorCode.BAD_VALUE, "a branch has at most " + LABELS_MAX + " labels");
        }
        return distinct.isEmpty() ? null : array(distinct);
    }

    /** An array of strings. */
    static Value array(List<String> texts) {
        DocBuilder array = new DocBuilder().startArray("texts");
        texts.forEach(array::add);
        return array.end().buildDoc().first().value();
    }

    /** A document with another value of a field, in its place; without the field where the value is null. */
    static Doc with(Doc properties, String name, @Nullable Value value) {
        DocBuilder changed = new DocBuilder();
        for (Doc.Field field : properties) {
            Value now = field.name().equals(name) ? value : field.value();
            if (now != null) {
                changed.append(field.name(), now);
            }
        }
        if (value != null && !properties.has(name)) {
            changed.append(name, value);
        }
        return changed.buildDoc();
    }
}
