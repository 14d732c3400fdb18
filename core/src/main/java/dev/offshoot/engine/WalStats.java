package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Project;
import dev.offshoot.state.StorageReport;
import java.util.List;
import java.util.Set;

/** {@code walStats}: what a project takes in its store, and what positions of it can be read. Reads the whole log. */
final class WalStats implements Command {
    @Override
    public String name() {
        return "walStats";
    }

    @Override
    public String help() {
        return "tells what the log, the checkpoints and the pages of a project take";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        StorageReport report = project.storageReport(call.deadline()::checkNow);
        List<Long> checkpoints = report.checkpoints();
        reply.append("project", project.name())
                .append("first_lsn", report.firstLsn())
                .append("last_lsn", report.lastLsn())
                .append("oldest_lsn", report.oldestLsn())
                .append("segments", report.segments().size())
                .append("records", report.records())
                .append("log_bytes", report.logBytes())
                .startDocument("bytes")
                .append("headers", report.headerBytes())
                .append("payloads", report.payloadBytes())
                .append("uncompressed", report.contentBytes())
                .append("pages", report.pages().bytes())
                .append("manifests", report.manifestBytes())
                .end()
                .append("compression", ratio(report.contentBytes(), report.payloadBytes()))
                .startDocument("changes");
        report.changes().forEach(reply::append);
        reply.end()
                .append("checkpoints", checkpoints.size())
                .append("last_checkpoint_lsn", checkpoints.isEmpty() ? 0L : checkpoints.get(checkpoints.size() - 1))
                .append("pages", report.pages().pages())
                .append("unsaved_changes", report.unsavedChanges())
                .append("unsaved_bytes", report.unsavedBytes());
    }

    /** How many times smaller, to two places. */
    private static double ratio(long before, long after) {
        return after == 0 ? 1 : Math.round(100.0 * before / after) / 100.0;
    }
}
