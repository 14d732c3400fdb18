package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A merge from the command line whose connection breaks once the server has made its commit. */
@Timeout(60)
final class LostReplyTest {
    /** Done twice, it would add twice. */
    private static final String[] MERGE = {"merge", "shop", "dev", "--squash", "--path", "items.n=sum"};

    private final Running server;
    private final MongoClient direct;
    private final LossyRelay relay;

    LostReplyTest(@TempDir Path folder) throws IOException {
        server = Running.start("serve", "--port", "0", "--data", folder.toString(), "-o", "json");
        String uri = new ObjectMapper().readTree(server.line()).get("uri").asText();
        direct = MongoClients.create(uri);
        relay = new LossyRelay(URI.create(uri).getPort(), "mergeBranch");
        Run.at(uri, "project", "create", "shop").exits(ExitCodes.OK);
        items("shop").insertOne(Document.parse("{_id: 1, n: 1}"));
        Run.at(uri, "branch", "create", "shop", "dev").exits(ExitCodes.OK);
    }

    @BeforeEach
    void bothBranchesAdd() {
        items("shop~dev").updateOne(new Document(), Document.parse("{$inc: {n: 5}}"));
        items("shop").updateOne(new Document(), Document.parse("{$inc: {n: 10}}"));
    }

    @AfterEach
    void close() throws IOException {
        relay.close();
        direct.close();
        server.close();
    }

    @Test
    void it_is_sent_again_and_done_once() {
        relay.lose(1, 1);
        assertThat(Run.at(relay.uri(), MERGE).exits(ExitCodes.OK).out()).contains("1 updated, at LSN ");
        assertThat(relay.commands()).isEqualTo(2);
        assertThat(relay.numbered()).isEqualTo(2);
        assertThat(n()).isEqualTo(16);
    }

    @Test
    void a_uri_without_retryable_writes_has_it_sent_once_and_without_a_number() {
        relay.lose(1, 1);
        Run.at(relay.uri() + "/?retryWrites=false", MERGE).exits(ExitCodes.UNREACHABLE);
        assertThat(relay.commands()).isEqualTo(1);
        assertThat(relay.numbered()).isZero();
        assertThat(n()).isEqualTo(16);
    }

    private int n() {
        Document found = items("shop").find().first();
        return found == null ? 0 : found.getInteger("n");
    }

    private MongoCollection<Document> items(String database) {
        return direct.getDatabase(database).getCollection("items");
    }
}
