package dev.offshoot.it;

import dev.offshoot.store.mongo.StandInMongo;
import java.io.IOException;

/** The stand-in for a MongoDB in a process of its own. Prints its port. */
final class MongoMain {
    private MongoMain() {}

    public static void main(String[] args) throws IOException {
        Forked.ready(StandInMongo.start().port());
    }
}
