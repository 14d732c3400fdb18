package dev.offshoot.it;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.event.CommandListener;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The official driver with patience for a server that is killed and comes back, and none between its looks. */
final class Clients {
    private static final long SELECTION_SECONDS = 60;
    private static final long LOOK_MILLIS = 20;

    /** HostUnreachable: certainly not stored; WriteConcernFailed: nobody knows. */
    private static final Set<Integer> STORE_CODES = Set.of(6, 64);

    private Clients() {}

    static MongoClient open(String uri, CommandListener listener) {
        return MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(uri))
                .applyToClusterSettings(b -> b.serverSelectionTimeout(SELECTION_SECONDS, TimeUnit.SECONDS))
                .applyToServerSettings(b -> b.minHeartbeatFrequency(LOOK_MILLIS, TimeUnit.MILLISECONDS)
                        .heartbeatFrequency(500, TimeUnit.MILLISECONDS))
                .addCommandListener(listener)
                .build());
    }

    static MongoClient open(String uri) {
        return open(uri, new CommandListener() {});
    }

    static String uri(int port, String options) {
        return "mongodb://127.0.0.1:" + port + "/" + options;
    }

    /** Whether an error leaves open what became of the write. */
    static boolean saysNothing(MongoException e) {
        return e instanceof MongoSocketException
                || e instanceof MongoTimeoutException
                || (e instanceof MongoCommandException c && STORE_CODES.contains(c.getErrorCode()))
                || (e instanceof MongoWriteConcernException);
    }
}
