package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import dev.offshoot.store.mongo.MongoStore;
import dev.offshoot.store.mongo.StandInMongo;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/** The readable views of a MongoDB store: what people find there who look with any MongoDB client. */
final class ViewsTest {
    @Test
    void projects_and_branches_can_be_read_with_their_positions() {
        try (StandInMongo mongo = StandInMongo.start();
                MongoClient client = MongoClients.create(mongo.uri())) {
            try (Engine engine = Engine.open(MongoStore.open(mongo.uri()))) {
                Commander.run(engine, "admin", "{createProject: 'shop'}");
                Commander.run(engine, "shop", "{insert: 'items', documents: [{_id: 1}]}");
                Commander.run(engine, "shop", "{createBranch: 'feature-x'}");
                Commander.run(engine, "shop~feature-x", "{insert: 'items', documents: [{_id: 2}]}");
                Commander.run(engine, "shop", "{createBranch: 'gone'}");
                Commander.run(engine, "shop", "{dropBranch: 'gone'}");
            }
            MongoDatabase views = client.getDatabase("offshoot");
            Document project = views.getCollection("wal_projects")
                    .find(new Document("name", "shop"))
                    .first();
            assertThat(project).containsEntry("head_lsn", 7L).containsKeys("created_at", "updated_at");
            assertThat(branch(views, "main")).containsEntry("base_lsn", 0L).containsEntry("head_lsn", 3L);
            assertThat(branch(views, "feature-x"))
                    .containsEntry("base_lsn", 3L)
                    .containsEntry("head_lsn", 5L)
                    .containsEntry("parent", "main")
                    .containsEntry("deleted", false)
                    .containsKeys("created_at", "updated_at");
            assertThat(branch(views, "gone")).containsEntry("deleted", true).containsEntry("base_lsn", 3L);
        }
    }

    private static Document branch(MongoDatabase views, String name) {
        Document found = views.getCollection("wal_branches")
                .find(new Document("name", name))
                .first();
        assertThat(found).as("the view of branch %s", name).isNotNull();
        return found == null ? new Document() : found;
    }
}
