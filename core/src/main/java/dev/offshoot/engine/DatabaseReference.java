package dev.offshoot.engine;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a database name means (section 3 of the design): {@code shop}, {@code shop@feature-x} or {@code shop~feature-x}, and a
 * position of a branch behind a second separator. The one parser for all of it.
 *
 * @param text as the client wrote it
 * @param branch null where none is named, which means {@code main}
 * @param position an LSN or a time, or null for the head
 */
record DatabaseReference(
        String text,
        String project,
        @Nullable String branch,
        @Nullable Position position) {
    private static final int PROJECT_BYTES_MAX = 63;
    private static final int BRANCH_CHARS_MAX = 48;
    private static final String FORBIDDEN = "/\\. \"$*<>:|?\0";

    /** A point in a branch's history: exactly one of the two is there. */
    record Position(@Nullable Long lsn, @Nullable Instant time) {}

    /**
     * Parses a database name.
     *
     * @throws CommandException InvalidNamespace with what would be right
     */
    static DatabaseReference parse(String text) {
        int first = separator(text, 0);
        if (first < 0) {
            return new DatabaseReference(text, checkProject(text), null, null);
        }
        int second = separator(text, first + 1);
        if (second >= 0 && separator(text, second + 1) >= 0) {
            throw invalid(text, "a database reference has at most a branch and a position: shop~feature-x~48211");
        }
        String project = checkProject(text.substring(0, first));
        String branch = text.substring(first + 1, second < 0 ? text.length() : second);
        if (second < 0 && (isNumber(branch) || isTime(branch))) {
            throw invalid(text, "a position stands behind a branch: " + project + "~main~" + branch);
        }
        checkBranch(branch);
        Position position = second < 0 ? null : parsePosition(text.substring(second + 1));
        return new DatabaseReference(text, project, branch, position);
    }

    /** What stands before the position, in a text of a command such as {@code dev~48211}. */
    static String branchOf(String text) {
        int end = separator(text, 0);
        return end < 0 ? text : text.substring(0, end);
    }

    /** Where the next separator stands, or -1. */
    private static int separator(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '~' || text.charAt(i) == '@') {
                return i;
            }
        }
        return -1;
    }

    /** A name that a project may have; returns it. */
    static String checkProject(String name) {
        if (name.isEmpty() || name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > PROJECT_BYTES_MAX) {
            throw invalid(name, "a project's name has 1 to " + PROJECT_BYTES_MAX + " bytes");
        }
        for (int i = 0; i < name.length(); i++) {
            if (FORBIDDEN.indexOf(name.charAt(i)) >= 0 || name.charAt(i) == '@' || name.charAt(i) == '~') {
                throw invalid(name, "'" + name.charAt(i) + "' may not stand in a project's name");
            }
        }
        return name;
    }

    /** A name that a branch may have; returns it. */
    static String checkBranch(String name) {
        return checkName(name, "branch");
    }

    /** A name that a tag may have, which are the same; returns it. */
    static String checkTag(String name) {
        return checkName(name, "tag");
    }

    private static String checkName(String name, String what) {
        if (!isName(name)) {
            String better = name.replaceAll("[^A-Za-z0-9_-]+", "-").replaceAll("^[-_]+", "");
            better = better.substring(0, Math.min(48, better.length()));
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + name + "' cannot be a " + what
                            + "'s name: it takes 1 to 48 letters, digits, '_' and '-', a letter" + " or digit first"
                            + (isName(better) ? "; try '" + better + "'" : ""));
        }
        if (isNumber(name)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + name + "' cannot be a " + what + "'s name: all digits mean a position; try '" + what.charAt(0)
                            + name + "'");
        }
        return name;
    }

    /** A position: an LSN, or a time such as {@code 2026-11-21T10:15:00Z}. */
    static Position parsePosition(String text) {
        if (isNumber(text) && text.length() <= 18) {
            return new Position(Long.valueOf(text), null);
        }
        try {
            return new Position(null, Instant.parse(text.toUpperCase(Locale.ROOT)));
        } catch (DateTimeParseException e) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + text + "' is not a position: it takes an LSN such as 48211 or a time such as"
                            + " 2026-11-21T10:15:00Z");
        }
    }

    private static boolean isTime(String text) {
        if (text.indexOf(':') < 0) {
            return false; // the common case: every command names a branch, and an exception takes as long as a read
        }
        try {
            return Instant.parse(text.toUpperCase(Locale.ROOT)) != null;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /** Whether the database is one of MongoDB's own, which are no projects. */
    boolean isSystem() {
        return branch == null && (project.equals("admin") || project.equals("local") || project.equals("config"));
    }

    /** Whether two references mean the same branch, or the same position of it, however they are written. */
    boolean sameBranch(DatabaseReference other) {
        return project.equals(other.project)
                && branchName().equalsIgnoreCase(other.branchName())
                && Objects.equals(position, other.position);
    }

    private String branchName() {
        return branch == null ? Branch.MAIN : branch;
    }

    /** One to 48 letters, digits, {@code _} and {@code -}, a letter or digit first. */
    private static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            if (!letterOrDigit && (i == 0 || (c != '_' && c != '-'))) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= BRANCH_CHARS_MAX;
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static CommandException invalid(String text, String why) {
        return new CommandException(ErrorCode.INVALID_NAMESPACE, "Invalid database name: '" + text + "': " + why);
    }
}
