package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.MergeSettings;
import dev.offshoot.merge.Position;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a merge, an undo, a revert, a cherry-pick or a rebase is to do: a three-way merge into a branch, as one commit, or, where commits are to
 * be kept apart, one for each of them.
 *
 * @param target the id of the branch that gets the commit
 * @param base what both sides started from; null for the best common position of ours and theirs
 * @param theirs what comes in; null for the head of the target, as in a rebase
 * @param onto what takes the place of the target's head, as ours, in the same commit; null for the head itself
 * @param edge whether the commit says that the target now has all that theirs has: {@link dev.offshoot.wal.Change.Merge}
 * @param fastForward whether a reset to theirs does where the target has nothing of its own. Only for a task without a base and with an
 *     edge
 * @param detail what else its kind needs to know
 * @param message what the commit says about itself
 */
record MergeTask(
        Kind kind,
        long target,
        @Nullable Position base,
        @Nullable Position theirs,
        @Nullable Position onto,
        boolean edge,
        FastForward fastForward,
        MergeSettings settings,
        Doc detail,
        String message) {
    /** What people call it. */
    enum Kind {
        MERGE("merge"),
        UNDO("undo"),
        REVERT("revert"),
        CHERRY_PICK("cherryPick"),
        REBASE("rebase"),
        RESTORE("restore");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        /** Its word behind an article, for messages. */
        String some() {
            return (this == UNDO ? "an " : "a ") + word;
        }

        static Kind named(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word.equals(word))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Whether a branch that has nothing of its own is moved instead of merged into. */
    enum FastForward {
        AUTO,
        NEVER,
        ONLY;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The {@link #detail} of a task whose commits are kept apart. */
    static final Doc APART = new DocBuilder().append("apart", true).buildDoc();

    /** Whether there is to be a commit for each that comes in. */
    boolean isApart() {
        return detail.has("apart");
    }

    /** The task as {@link #of} reads it. */
    Doc toDoc() {
        DocBuilder out = new DocBuilder().append("kind", kind.word()).append("target", target);
        append(out, "base", base);
        append(out, "theirs", theirs);
        append(out, "onto", onto);
        out.append("edge", edge)
                .append("fastForward", fastForward.word())
                .append("settings", settings.toDoc())
                .append("detail", detail)
                .append("message", message);
        return out.buildDoc();
    }

    private static void append(DocBuilder out, String name, @Nullable Position position) {
        if (position != null) {
            out.append(name, toDoc(position));
        }
    }

    static Doc toDoc(Position position) {
        return new DocBuilder()
                .append("branch", position.branch())
                .append("lsn", position.lsn())
                .buildDoc();
    }

    static MergeTask of(Doc doc) {
        return new MergeTask(
                Kind.named(field(doc, "kind").asString()),
                field(doc, "target").asInt64(),
                position(doc.get("base")),
                position(doc.get("theirs")),
                position(doc.get("onto")),
                field(doc, "edge").asBoolean(),
                FastForward.valueOf(field(doc, "fastForward").asString().toUpperCase(Locale.ROOT)),
                MergeSettings.of(field(doc, "settings").asDoc()),
                field(doc, "detail").asDoc(),
                field(doc, "message").asString());
    }

    static @Nullable Position position(@Nullable Value value) {
        return value == null
                ? null
                : new Position(
                        field(value.asDoc(), "branch").asInt64(),
                        field(value.asDoc(), "lsn").asInt64());
    }

    private static Value field(Doc doc, String name) {
        return Objects.requireNonNull(doc.get(name), name);
    }
}
