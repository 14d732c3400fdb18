package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names the plan of a merge: by both heads and what else it depends on. Written {@code 4@48211-17@48190-9f86d081}: the id and the head of the
 * target, the same of what comes in, and the beginning of a SHA-256 of how it is to be merged and its conflicts are decided.
 */
record PlanDigest(Position ours, Position theirs, String how) {
    private static final Pattern TEXT =
            Pattern.compile("(\\d{1,18})@(\\d{1,18})-(\\d{1,18})@(\\d{1,18})-([0-9a-f]{8})");
    private static final int HOW_BYTES = 4;

    /** @param said how conflicts are decided */
    PlanDigest(Position ours, Position theirs, Doc task, Doc said) {
        this(ours, theirs, hash(task, said));
    }

    private static String hash(Doc task, Doc said) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Doc.Field field : task) {
                if (!field.name().equals("message") && !field.name().equals("theirs")) {
                    update(digest, field.value());
                }
            }
            for (Doc.Field field : said) {
                digest.update(field.name().getBytes(StandardCharsets.UTF_8));
                update(digest, field.value());
            }
            return HexFormat.of().formatHex(digest.digest(), 0, HOW_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static void update(MessageDigest digest, Value value) {
        digest.update((byte) value.type());
        digest.update(value.bytes(), value.offset(), value.length());
    }

    /** @throws CommandException BadValue for a text that no plan has */
    static PlanDigest parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + text + "' is not the plan of a merge; take the one that dryRun: true answers");
        }
        return new PlanDigest(
                new Position(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))),
                new Position(Long.parseLong(matcher.group(3)), Long.parseLong(matcher.group(4))),
                matcher.group(5));
    }

    /** What is different in another plan; null where it is this one. */
    @Nullable
    String moved(PlanDigest now, Catalog catalog) {
        if (ours.branch() != now.ours.branch() || theirs.branch() != now.theirs.branch()) {
            return "it was made for other branches";
        }
        if (ours.lsn() != now.ours.lsn()) {
            return moved("branch '" + name(catalog, ours) + "', the target,", ours, now.ours);
        }
        if (theirs.lsn() != now.theirs.lsn()) {
            return moved("branch '" + name(catalog, theirs) + "'", theirs, now.theirs);
        }
        return how.equals(now.how)
                ? null
                : "it was made with other modes, strategies or options, or conflicts were decided otherwise";
    }

    private static String moved(String branch, Position from, Position to) {
        return branch + " moved from " + from.lsn() + " to " + to.lsn();
    }

    private static String name(Catalog catalog, Position position) {
        Branch branch = catalog.branch(position.branch());
        return branch == null ? "?" : branch.name();
    }

    @Override
    public String toString() {
        return ours.branch() + "@" + ours.lsn() + "-" + theirs.branch() + "@" + theirs.lsn() + "-" + how;
    }
}
