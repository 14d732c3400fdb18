package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of the README, in order, in a fresh folder. */
final class ReadmeTest {
    private static final Path README = Path.of("../README.md");
    private static final Pattern SHELL_BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");
    private static final int LINES_MAX = 150;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void every_command_works_in_the_order_in_which_it_stands() throws IOException {
        Files.writeString(folder.resolve("products.json"), "[{\"_id\": 7, \"stock\": 3}]");
        List<String> commands = commands();
        assertThat(commands).as("commands in the README").hasSizeGreaterThan(8);
        String uri = "";
        Running server = null;
        try {
            for (String command : commands) {
                if (command.startsWith("serve ")) {
                    server = Running.start(words(command + " --port 0"));
                    uri = String.valueOf(server.line()).replaceAll(".* at ", "");
                } else if (command.startsWith("quickstart")) {
                    Run.of(words(command + " --port 0")).exits(ExitCodes.OK);
                } else {
                    Run run = Run.at(uri, words(command));
                    assertThat(run.exitCode()).as("%s%n%s", command, run.err()).isEqualTo(ExitCodes.OK);
                }
            }
            assertThat(Run.at(uri, "branch", "list", "shop", "-o", "json").json())
                    .as("what is left of the branches")
                    .hasSize(1);
        } finally {
            if (server != null) {
                server.close();
            }
        }
    }

    @Test
    void it_is_short_and_its_links_lead_somewhere() throws IOException {
        assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(LINES_MAX);
        List<String> links = LINK.matcher(Files.readString(README))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(links)
                .isNotEmpty()
                .allSatisfy(link -> assertThat(Path.of("..", link)).exists());
    }

    @Test
    void it_names_every_verb() throws IOException {
        String text = Files.readString(README);
        List<String> verbs = Run.of("--help")
                .out()
                .lines()
                .dropWhile(line -> !line.equals("Verbs:"))
                .skip(1)
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.matches("  \\S.*"))
                .map(line -> line.strip().replaceAll(" .*", ""))
                .toList();
        assertThat(verbs)
                .hasSizeGreaterThanOrEqualTo(11)
                .allSatisfy(verb -> assertThat(text).contains("`" + verb));
    }

    /** The words after {@code offshoot}, of each line that begins with it. */
    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        for (MatchResult block :
                SHELL_BLOCK.matcher(Files.readString(README)).results().toList()) {
            block.group(1)
                    .lines()
                    .map(line -> line.replaceAll("\\s*#.*", "").replaceFirst("^cli/bin/", ""))
                    .filter(line -> line.startsWith("offshoot "))
                    .forEach(line -> commands.add(line.substring("offshoot ".length())));
        }
        return commands;
    }

    /** The words with paths in the fresh folder. */
    private String[] words(String command) {
        return Stream.of(command.split(" "))
                .map(word -> word.endsWith(".json") || word.startsWith("./")
                        ? folder.resolve(word).toString()
                        : word)
                .toArray(String[]::new);
    }
}
