package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code docs/walkthrough.md}: its commands in their order, with what they print. */
final class WalkthroughTest {
    private static final Path PAGE = Path.of("../docs/walkthrough.md");
    private static final Pattern BLOCK = Pattern.compile("```(console|json)( [^\n]+)?\n(.*?)```", Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern EXIT_CODE = Pattern.compile("\\[(\\d+)]");
    private static final String PRODUCTS = """
            {"_id": 1, "name": "spade", "price": 25.0, "stock": 7}
            {"_id": 2, "name": "shears", "price": 30.0, "stock": 2}
            {"_id": 3, "name": "gloves", "price": 8.0, "stock": 30}
            {"_id": 4, "name": "pot", "price": 4.5, "stock": 120}
            """;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void every_command_of_the_page_prints_what_the_page_says() throws IOException {
        Files.writeString(folder.resolve("products.json"), PRODUCTS);
        int commands = 0;
        int statements = 0;
        try (Running server =
                Running.start("serve", "--data", folder.resolve("data").toString(), "--port", "0")) {
            String uri = String.valueOf(server.line()).replaceAll(".* at ", "");
            try (MongoClient client = MongoClients.create(uri)) {
                for (MatchResult block :
                        BLOCK.matcher(Files.readString(PAGE)).results().toList()) {
                    if (block.group(1).equals("json")) {
                        Document reply =
                                client.getDatabase(block.group(2).strip()).runCommand(Document.parse(block.group(3)));
                        assertThat(reply.containsKey("writeErrors"))
                                .as("%s%n%s", block.group(3), reply.toJson())
                                .isFalse();
                        statements++;
                    } else {
                        commands += run(uri, block.group(3));
                    }
                }
            }
        }
        assertThat(commands).as("commands on the page").isGreaterThan(12);
        assertThat(statements).as("statements on the page").isGreaterThan(4);
    }

    /** Runs the commands of a block; answers how many there were. */
    private int run(String uri, String block) {
        int commands = 0;
        for (String part : block.split("(?m)^\\$ offshoot ", -1)) {
            if (part.isBlank()) {
                continue;
            }
            commands++;
            List<String> lines = new ArrayList<>(part.lines().toList());
            String command = lines.remove(0);
            int exitCode = 0;
            MatchResult last = lines.isEmpty()
                    ? null
                    : EXIT_CODE
                            .matcher(lines.get(lines.size() - 1))
                            .results()
                            .findAny()
                            .orElse(null);
            if (last != null && last.group().equals(lines.get(lines.size() - 1))) {
                exitCode = Integer.parseInt(last.group(1));
                lines.remove(lines.size() - 1);
            }
            Run run = Run.at(uri, words(command));
            String printed = run.out() + run.err();
            assertThat(run.exitCode()).as("offshoot %s%n%s", command, printed).isEqualTo(exitCode);
            assertThat(printed.stripTrailing())
                    .as("offshoot %s", command)
                    .matches(pattern(String.join("\n", lines).stripTrailing()));
        }
        return commands;
    }

    /** The text, with anything where it has an ellipsis. */
    private static Pattern pattern(String text) {
        List<String> parts = new ArrayList<>();
        for (String part : text.split("…", -1)) {
            parts.add(Pattern.quote(part));
        }
        return Pattern.compile(String.join(".*", parts), Pattern.DOTALL);
    }

    /** The words as a shell would make them, with the file in the fresh folder. */
    private String[] words(String command) {
        return WORD.matcher(command)
                .results()
                .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
                .map(word -> word.equals("products.json") ? folder.resolve(word).toString() : word)
                .toArray(String[]::new);
    }
}
