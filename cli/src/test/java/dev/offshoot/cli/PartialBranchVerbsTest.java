package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoDatabase;
import dev.offshoot.driver.OffshootClient;
import dev.offshoot.driver.OffshootClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code branch create} with {@code --collections}, {@code --schema-only} and {@code --mask}, and what the driver sees of such branches. */
final class PartialBranchVerbsTest {
    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void fill() {
        offshoot("project create shop").exits(ExitCodes.OK);
        try (OffshootClient client = OffshootClients.create(folder)) {
            MongoDatabase shop = client.mongo().getDatabase("shop");
            shop.getCollection("users")
                    .insertOne(new Document("_id", 1).append("ssn", "secret").append("n", 1));
            shop.getCollection("orders").insertOne(new Document("_id", 1));
            shop.getCollection("orders_old").insertOne(new Document("_id", 1));
        }
    }

    @Test
    void a_branch_is_made_of_some_collections_without_documents_and_behind_a_mask() throws IOException {
        offshoot("branch create shop part --collections orders*,users").exits(ExitCodes.OK);
        offshoot("branch create shop empty --schema-only").exits(ExitCodes.OK);
        mask("{\"users\": {\"ssn\": \"redact\"}}");
        offshoot("branch create shop masked --collections users --mask " + file())
                .exits(ExitCodes.OK);
        assertThat(offshoot("branch list shop").exits(ExitCodes.OK).out())
                .contains("only orders* users", "made without documents", "only users, masked");
        try (OffshootClient client = OffshootClients.create(folder)) {
            assertThat(names(client, "shop~part")).containsExactlyInAnyOrder("orders", "orders_old", "users");
            assertThat(names(client, "shop~empty")).containsExactlyInAnyOrder("orders", "orders_old", "users");
            assertThat(names(client, "shop~masked")).containsExactly("users");
            assertThat(client.mongo()
                            .getDatabase("shop~empty")
                            .getCollection("users")
                            .countDocuments())
                    .isZero();
            Document seen = client.mongo()
                    .getDatabase("shop~masked")
                    .getCollection("users")
                    .find()
                    .first();
            assertThat(seen)
                    .isEqualTo(new Document("_id", 1).append("ssn", "***").append("n", 1));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[1]",
                "null",
                "{",
                "{\"users\": {\"ssn\": \"redact\"}} {\"orders\": {\"n\": \"hash\"}}",
                "{\"users\": {\"ssn\": {\"$oid\": \"x\"}}}"
            })
    void a_file_that_is_no_mask_is_refused(String text) throws IOException {
        mask(text);
        Run refused = offshoot("branch create shop masked --mask " + file()).exits(ExitCodes.USAGE);
        assertThat(refused.err()).contains("is no JSON document");
        offshoot("branch create shop masked --mask " + folder.resolve("none")).exits(ExitCodes.NOT_FOUND);
    }

    @Test
    void rules_that_stand_there_twice_are_not_lost_but_refused() throws IOException {
        mask("{\"users\": {\"ssn\": \"redact\"}, \"users\": {\"n\": \"null\"}}");
        Run refused = offshoot("branch create shop masked --mask " + file()).exits(ExitCodes.USAGE);
        assertThat(refused.err()).contains("twice");
        assertThat(offshoot("branch list shop").exits(ExitCodes.OK).out()).doesNotContain("masked");
    }

    private void mask(String text) throws IOException {
        Files.writeString(Path.of(file()), text);
    }

    private String file() {
        return folder.resolveSibling(folder.getFileName() + "-rules.json").toString();
    }

    private static List<String> names(OffshootClient client, String database) {
        return client.mongo().getDatabase(database).listCollectionNames().into(new ArrayList<>());
    }

    private Run offshoot(String words) {
        List<String> all = new ArrayList<>(Arrays.asList(words.split(" ", -1)));
        all.addAll(List.of("--data", folder.toString()));
        return Run.of(all.toArray(String[]::new));
    }
}
