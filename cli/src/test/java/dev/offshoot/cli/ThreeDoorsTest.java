package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.driver.OffshootClient;
import dev.offshoot.driver.OffshootClients;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of commands, verbs and methods in {@code docs/git.md} is what there is. */
final class ThreeDoorsTest {
    private static final Path DOCS = Path.of("..", "docs");

    /** Commands that say what a project, a position or a server is, and those of operators: told of elsewhere. */
    private static final Set<String> OTHERS =
            Set.of("createProject", "dropProject", "listProjects", "configureFailPoint");

    private record Row(String command, String verb, List<String> methods) {}

    @Test
    void every_command_is_there_with_its_verb_and_its_methods(@TempDir Path folder) throws IOException {
        List<Row> rows = rows();
        Set<String> own = ownCommands(folder);
        Set<String> told = new TreeSet<>();
        rows.forEach(row -> told.add(row.command));
        assertThat(told).containsExactlyElementsOf(own).hasSizeGreaterThan(25);
        Set<String> methods = Arrays.stream(OffshootClient.class.getMethods())
                .map(Method::getName)
                .collect(Collectors.toSet());
        for (Row row : rows) {
            assertThat(methods).as(row.command).containsAll(row.methods);
            List<String> words = new ArrayList<>(List.of(row.verb.split(" ")));
            words.add("--help");
            assertThat(Run.of(words.toArray(String[]::new)).exits(ExitCodes.OK).out())
                    .startsWith("Usage: offshoot " + row.verb);
        }
    }

    private static List<Row> rows() throws IOException {
        String page = Files.readString(DOCS.resolve("git.md"));
        String table = page.substring(page.indexOf("| command | verb | Java |"));
        return table.lines()
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.replace("`", "").split("\\|", -1))
                .map(cells -> new Row(
                        cells[1].strip(),
                        cells[2].strip(),
                        List.of(cells[3].strip().split(", "))))
                .toList();
    }

    /** The commands that MongoDB does not have: those that the page of what it has does not tell of. */
    private static Set<String> ownCommands(Path folder) throws IOException {
        String mongo = Files.readString(DOCS.resolve("mql.md"));
        try (OffshootClient client = OffshootClients.create(folder)) {
            Document all = client.mongo()
                    .getDatabase("admin")
                    .runCommand(new Document("listCommands", 1))
                    .get("commands", Document.class);
            return all.keySet().stream()
                    .filter(name -> !mongo.contains("`" + name + "`"))
                    .filter(name -> !name.startsWith("wal") && !name.contains("SearchIndex") && !OTHERS.contains(name))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
