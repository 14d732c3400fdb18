package dev.offshoot.cli;

import dev.offshoot.driver.CommandCursor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot conflicts PROJECT [BRANCH]}. */
@Command(
        name = "conflicts",
        description = {
            "List what a merge, undo, revert, cherry-pick or rebase could not decide.",
            "With -o json one line of extended JSON each, with what base, ours and theirs have."
        })
final class Conflicts implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("id", "type", "collection", "what", "decided");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project, or project~branch.")
    private String project = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "BRANCH",
            description = "The branch that is merged into. Default: the one that PROJECT names, or main.")
    private @Nullable String into;

    @Option(names = "--type", paramLabel = "TYPE", description = "Only those of a type, such as documentEdit.")
    private @Nullable String type;

    @Option(names = "--collection", paramLabel = "NAME", description = "Only those in a collection.")
    private @Nullable String collection;

    @Option(names = "--open", description = "Only those that nothing is decided of yet.")
    private boolean open;

    @Option(names = "--sides", description = "Show what base, ours and theirs have.")
    private boolean sides;

    Conflicts(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = new Document("listConflicts", 1);
        append(command, "into", into);
        append(command, "type", type);
        append(command, "collection", collection);
        if (open) {
            command.append("open", true);
        }
        try (Target at = target.open(terminal);
                CommandCursor conflicts = CommandCursor.open(at.mongo(), at.database(project), command)) {
            show(conflicts);
        }
        return ExitCodes.OK;
    }

    private static void append(Document command, String field, @Nullable String value) {
        if (value != null) {
            command.append(field, value);
        }
    }

    private void show(CommandCursor conflicts) {
        Output to = output.to(terminal);
        List<Map<String, Object>> rows = new ArrayList<>();
        while (!terminal.stop().isRequested() && !terminal.out().checkError() && conflicts.hasNext()) {
            BsonDocument conflict = conflicts.next();
            if (to.json()) {
                terminal.out().println(conflict.toJson());
            } else if (sides) {
                print(conflict);
            } else {
                rows.add(row(conflict));
            }
        }
        if (!to.json() && !sides) {
            to.rows(rows, COLUMNS);
        }
    }

    private static Map<String, Object> row(BsonDocument conflict) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", conflict.getString("_id").getValue());
        row.put("type", conflict.getString("type").getValue());
        row.put("collection", conflict.getString("collection").getValue());
        row.put("what", what(conflict));
        row.put(
                "decided",
                conflict.containsKey("take") ? conflict.getString("take").getValue() : "");
        return row;
    }

    private static String what(BsonDocument conflict) {
        List<String> words = new ArrayList<>();
        BsonValue id = conflict.get("id");
        if (id != null) {
            words.add("_id " + json(id));
        }
        if (conflict.containsKey("path")) {
            words.add(conflict.getString("path").getValue());
        }
        if (conflict.containsKey("fields")) {
            words.add(conflict.getArray("fields").stream()
                    .map(field -> field.asString().getValue())
                    .map(field -> field.isEmpty() ? "(all of it)" : field)
                    .collect(Collectors.joining(", ")));
        }
        return String.join(": ", words);
    }

    private void print(BsonDocument conflict) {
        Map<String, Object> row = row(conflict);
        terminal.out()
                .println(String.join(
                        "  ", row.values().stream().map(Object::toString).toList()));
        terminal.out().println("  " + conflict.getString("reason").getValue());
        for (String side : List.of("base", "ours", "theirs")) {
            BsonValue value = conflict.get(side);
            terminal.out().println("  " + side + ": " + (value == null ? "-" : json(value)));
        }
    }

    /** As it stands in a document. */
    private static String json(BsonValue value) {
        String text = new BsonDocument("v", value).toJson();
        return text.substring(text.indexOf(':') + 2, text.length() - 1);
    }
}
