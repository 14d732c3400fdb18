package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.MergeCounts;
import dev.offshoot.merge.Position;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of a {@link MergeTask}.
 *
 * @param ours the target's head that it went out from
 * @param theirs what came in
 * @param bases what it was merged on: several after criss-cross merges; empty where nothing had to be merged
 * @param counts what changes on the target
 * @param conflicts how many are to be resolved
 * @param head the target's head now
 * @param plan what {@code plan} of a command takes, so that exactly this is applied
 * @param commits what the reply tells of the commits, where they are kept apart; else null
 * @param unknown names in the task's rules that no collection had; not looked for where nothing had to be merged
 */
record MergeOutcome(
        Status status,
        MergeTask task,
        Position ours,
        Position theirs,
        List<Position> bases,
        @Nullable MergeCounts counts,
        long conflicts,
        long head,
        String plan,
        @Nullable Doc commits,
        List<String> unknown) {
    private static final String UNKNOWN = "unknown";

    /** How it ended. */
    enum Status {
        /** Nothing was to be done. */
        UP_TO_DATE("upToDate"),
        /** The target shows what theirs shows, by a reset. */
        FAST_FORWARD("fastForward"),
        /** The target has the changes, in one commit. */
        MERGED("merged"),
        /** Conflicts are to be resolved; the target is as it was. */
        CONFLICTS("conflicts");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        static Status named(String word) {
            return Arrays.stream(values())
                    .filter(status -> status.word.equals(word))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** It as {@link #of} reads it, without the head: that is not known while a commit is being made. */
    Doc toDoc() {
        DocBuilder out = new DocBuilder()
                .append("status", status.word())
                .append("task", task.toDoc())
                .append("ours", MergeTask.toDoc(ours))
                .append("theirs", MergeTask.toDoc(theirs))
                .startArray("bases");
        bases.forEach(base -> out.add(MergeTask.toDoc(base)));
        out.end();
        if (counts != null) {
            counts.appendTo(out.startDocument("counts"));
            out.end();
        }
        if (commits != null) {
            out.append("commits", commits);
        }
        appendUnknown(out);
        return out.append("conflicts", conflicts).append("plan", plan).buildDoc();
    }

    /** Finds where the commit of a branch ends that was made above an LSN. */
    @FunctionalInterface
    interface Commits {
        long find(long branch, long above);
    }

    static MergeOutcome of(Doc doc, Commits found) {
        Status status = Status.named(field(doc, "status").asString());
        MergeTask task = MergeTask.of(field(doc, "task").asDoc());
        Position ours = Objects.requireNonNull(MergeTask.position(doc.get("ours")));
        List<Position> bases = new ArrayList<>();
        field(doc, "bases").asDoc().forEach(base -> bases.add(MergeTask.position(base.value())));
        Value counts = doc.get("counts");
        Value commits = doc.get("commits");
        List<String> unknown = new ArrayList<>();
        Value names = doc.get(UNKNOWN);
        if (names != null) {
            names.asDoc().forEach(name -> unknown.add(name.value().asString()));
        }
        return new MergeOutcome(
                status,
                task,
                ours,
                Objects.requireNonNull(MergeTask.position(doc.get("theirs"))),
                bases,
                counts == null ? null : MergeCounts.of(counts.asDoc()),
                field(doc, "conflicts").asInt64(),
                status == Status.CONFLICTS ? ours.lsn() : found.find(task.target(), ours.lsn()),
                field(doc, "plan").asString(),
                commits == null ? null : commits.asDoc(),
                unknown);
    }

    private static Value field(Doc doc, String name) {
        return Objects.requireNonNull(doc.get(name), name);
    }

    void appendTo(DocBuilder reply, Project project, boolean dryRun) {
        reply.append("status", status.word());
        if (dryRun) {
            reply.append("dryRun", true);
        }
        reply.append("kind", task.kind().word());
        append(reply.startDocument("into"), project, ours).end();
        append(reply.startDocument("from"), project, theirs).end();
        reply.startArray("base");
        for (Position base : bases) {
            append(reply.addDocument(), project, base).end();
        }
        reply.end();
        if (counts != null) {
            counts.appendTo(reply.startDocument("changes"));
            reply.end();
        }
        if (commits != null) {
            commits.forEach(field -> reply.append(field.name(), field.value()));
        }
        appendUnknown(reply);
        reply.append("conflicts", conflicts).append("plan", plan).append("head_lsn", head);
    }

    private void appendUnknown(DocBuilder out) {
        if (!unknown.isEmpty()) {
            out.startArray(UNKNOWN);
            unknown.forEach(out::add);
            out.end();
        }
    }

    private static DocBuilder append(DocBuilder out, Project project, Position position) {
        Branch branch = project.catalog().branch(position.branch());
        return out.append("branch", branch == null ? "" : branch.name()).append("lsn", position.lsn());
    }
}
