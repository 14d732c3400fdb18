package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import dev.offshoot.state.PlainProject;
import dev.offshoot.state.PlainProject.PlainBranch;
import dev.offshoot.state.PlainState;
import dev.offshoot.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;

/** Compares what a server serves with the log, read from LSN 1 and folded over plain maps. Nobody may write meanwhile. */
final class Served {
    private Served() {}

    /** The log of a project, found by its name in the log of projects. */
    static PlainProject read(Store store, String project) {
        for (Map.Entry<Long, String> entry :
                PlainProject.read(store.log("p0")).projects().entrySet()) {
            if (entry.getValue().equals(project)) {
                return PlainProject.read(store.log("p" + Long.toString(entry.getKey(), 36)));
            }
        }
        throw new AssertionError("the store has no project " + project);
    }

    /** Checks all branches, and answers how many documents were compared. */
    static long check(MongoClient client, String project, PlainProject log) {
        long documents = 0;
        for (PlainBranch branch : log.branches().values()) {
            if (!branch.dropped()) {
                documents += branch(client.getDatabase(project + "~" + branch.name()), log.head(branch.id()));
            }
        }
        return documents;
    }

    private static long branch(MongoDatabase served, PlainState expected) {
        TreeSet<String> names = new TreeSet<>();
        long documents = 0;
        for (PlainState.Collection collection : expected.collections().values()) {
            names.add(collection.name());
            documents += collection(served, collection);
        }
        assertThat(served.listCollectionNames()).as(served.getName()).containsExactlyInAnyOrderElementsOf(names);
        return documents;
    }

    /** Byte for byte, in natural order, and again one by one through the index on {@code _id}. */
    private static long collection(MongoDatabase served, PlainState.Collection expected) {
        String what = served.getName() + "." + expected.name();
        List<RawBsonDocument> all = new ArrayList<>();
        expected.documents().values().forEach(bytes -> all.add(new RawBsonDocument(bytes)));
        var collection = served.getCollection(expected.name(), RawBsonDocument.class);
        List<RawBsonDocument> found = collection.find().into(new ArrayList<>());
        assertThat(found.equals(all))
                .as("%s: %s expected, %s found", what, all.size(), found.size())
                .isTrue();
        for (int i = 0; i < all.size(); i += 1 + all.size() / 20) {
            BsonDocument id = new BsonDocument("_id", all.get(i).get("_id"));
            assertThat(collection.find(id).into(new ArrayList<>())).as(what).containsExactly(all.get(i));
        }
        return all.size();
    }
}
