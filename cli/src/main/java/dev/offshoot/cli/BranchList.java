package dev.offshoot.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot branch list PROJECT [-v] [--dropped]}. */
@Command(name = "list", description = "List the branches of a project.")
final class BranchList implements Callable<Integer> {
    static final List<String> COLUMNS = List.of("name", "id", "parent", "base_lsn", "head_lsn", "created");

    private static final List<String> DROPPED =
            List.of("name", "id", "parent", "base_lsn", "dropped_lsn", "created", "dropped", "kept");

    private static final String NOTES = "notes";

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Option(
            names = {"-v", "--verbose"},
            description = "Also how many commits each is ahead of its parent and behind it.")
    private boolean verbose;

    @Option(
            names = "--against",
            paramLabel = "POSITION",
            description = "The same against a branch, a tag or any position.")
    private @Nullable String against;

    @Option(names = "--dropped", description = "Those that were dropped, the newest first; undrop brings one back.")
    private boolean dropped;

    BranchList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = new Document("listBranches", 1);
        List<String> columns = new ArrayList<>(dropped ? DROPPED : COLUMNS);
        if (dropped) {
            command.append("dropped", true);
        } else if (verbose || against != null) {
            command.append("aheadBehind", against == null ? true : against);
            columns.addAll(List.of("ahead", "behind", "against"));
        }
        try (Target open = target.open(terminal)) {
            List<Document> branches = open.database(project).runCommand(command).getList("branches", Document.class);
            Output form = output.to(terminal);
            List<Map<String, Object>> rows =
                    branches.stream().map(BranchList::row).toList();
            if (!form.json()
                    && branches.stream().anyMatch(branch -> !notes(branch).isEmpty())) {
                columns.add(NOTES);
                for (int i = 0; i < branches.size(); i++) {
                    rows.get(i).put(NOTES, notes(branches.get(i)));
                }
            }
            form.rows(rows, columns);
        }
        return ExitCodes.OK;
    }

    /** A branch as the engine shows it, the usual fields first. */
    static Map<String, Object> row(Document branch) {
        Set<String> names = new LinkedHashSet<>(branch.containsKey("dropped_lsn") ? DROPPED : COLUMNS);
        names.addAll(branch.keySet());
        names.removeAll(Set.of("ok", "operationTime", "$clusterTime"));
        return Replies.fields(branch, List.copyOf(names));
    }

    /** What was said about a branch, in one line; empty where that is nothing. */
    static String notes(Document branch) {
        List<String> notes = new ArrayList<>();
        if (branch.getBoolean("default", false) && !branch.getString("name").equals("main")) {
            notes.add("default");
        }
        if (branch.getBoolean("protected", false)) {
            String by = branch.getString("protected_by");
            notes.add(by == null ? "protected" : "protected by " + by);
        }
        if (branch.get("collections") != null) {
            notes.add("only " + String.join(" ", branch.getList("collections", String.class)));
        }
        if (branch.getBoolean("schemaOnly", false)) {
            notes.add("made without documents");
        }
        if (branch.getBoolean("masked", false)) {
            notes.add("masked");
        }
        if (branch.get("expires") != null) {
            notes.add("expires " + branch.getDate("expires").toInstant());
        }
        if (branch.get("labels") != null) {
            notes.add("[" + String.join(" ", branch.getList("labels", String.class)) + "]");
        }
        if (branch.get("description") != null) {
            notes.add(branch.getString("description"));
        }
        return String.join(", ", notes);
    }
}
