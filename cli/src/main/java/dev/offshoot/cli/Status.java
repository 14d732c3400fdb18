package dev.offshoot.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code offshoot status}. */
@Command(name = "status", description = "Show the server, its projects and where their branches stand.")
final class Status implements Callable<Integer> {
    private static final List<String> COLUMNS =
            List.of("project", "branch", "parent", "base_lsn", "head_lsn", "checkpoint_lsn");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    Status(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document build = open.admin().runCommand(new Document("buildInfo", 1));
            Document server = open.admin().runCommand(new Document("serverStatus", 1));
            long uptimeSeconds = server.get("uptime") instanceof Number n ? n.longValue() : 0;
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("server", open.description());
            facts.put("offshoot", Version.number());
            facts.put("mongodb_version", build.getString("version"));
            Target.Projects projects = open.listing();
            print(open, projects.open(), facts, uptimeSeconds, Load.of(server));
            return projects.tellClosed(terminal);
        }
    }

    /** What the server has done since it was started. */
    private record Load(long connections, long appendedRecords, long appendedBytes) {
        static Load of(Document server) {
            Document appends = section(section(server, "offshoot"), "appends");
            return new Load(
                    number(section(server, "connections"), "current"),
                    number(appends, "records"),
                    number(appends, "bytes"));
        }

        private static Document section(Document in, String name) {
            return in.get(name) instanceof Document found ? found : new Document();
        }

        private static long number(Document in, String name) {
            return in.get(name) instanceof Number found ? found.longValue() : 0;
        }
    }

    private void print(Target open, List<Document> found, Map<String, Object> facts, long uptimeSeconds, Load load) {
        List<Map<String, Object>> projects = new ArrayList<>();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Document project : found) {
            String name = project.getString("name");
            List<Document> branches = open.branches(name);
            Map<String, Object> entry = Replies.fields(project, List.of("name", "id", "head_lsn", "created"));
            Document checkpoint = lastCheckpoint(open, name);
            entry.put(
                    "checkpoint",
                    checkpoint == null ? null : Replies.fields(checkpoint, List.of("lsn", "at", "created")));
            entry.put("branches", Replies.rows(branches, BranchList.COLUMNS));
            projects.add(entry);
            branches.forEach(branch -> rows.add(row(name, branch, checkpoint)));
        }
        Output to = output.to(terminal);
        if (to.json()) {
            facts.put("uptime_seconds", uptimeSeconds);
            put(load, facts);
            facts.put("projects", projects);
            to.fields(facts);
        } else {
            facts.put("uptime", text(Duration.ofSeconds(uptimeSeconds)));
            put(load, facts);
            facts.put("projects", projects.size());
            to.fields(facts);
            terminal.out().println();
            to.rows(rows, COLUMNS);
        }
    }

    private static void put(Load load, Map<String, Object> facts) {
        facts.put("connections", load.connections());
        facts.put("appended_records", load.appendedRecords());
        facts.put("appended_bytes", load.appendedBytes());
    }

    /** The newest that is not damaged. */
    private static @Nullable Document lastCheckpoint(Target open, String project) {
        Document last = null;
        for (Document checkpoint : open.checkpoints(project)) {
            last = checkpoint.containsKey("damaged") ? last : checkpoint;
        }
        return last;
    }

    private static Map<String, Object> row(String project, Document branch, @Nullable Document checkpoint) {
        Map<String, Object> row = Replies.fields(branch, BranchList.COLUMNS);
        row.put("project", project);
        row.put("branch", branch.getString("name"));
        row.put("checkpoint_lsn", checkpoint == null ? null : checkpoint.get("lsn"));
        return row;
    }

    private static String text(Duration duration) {
        String unit = duration.toDays() > 0 ? duration.toDays() + " d " : "";
        return unit + duration.toHoursPart() + " h " + duration.toMinutesPart() + " min " + duration.toSecondsPart()
                + " s";
    }
}
