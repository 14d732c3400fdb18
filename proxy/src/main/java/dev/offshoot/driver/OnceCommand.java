package dev.offshoot.driver;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.MongoSocketException;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import java.util.Set;
import org.bson.Document;

/**
 * Runs commands of Offshoot that are done once however often they are sent: with a session and a transaction number, as the driver sends
 * retryable writes, and a second time where the connection was lost or the engine says that it may be sent again. Where that fails too, its error
 * is thrown with the first one suppressed in it, and the command may have been done or not. As with retryable writes, settings with
 * {@code retryWrites} false turn both off.
 */
public final class OnceCommand {
    private static final Set<String> NAMES = Set.of(
            "mergeBranch",
            "cherryPick",
            "undoChanges",
            "revertMerge",
            "rebaseBranch",
            "restore",
            "undrop",
            "resetBranch",
            "mergeRequest");

    private OnceCommand() {}

    /**
     * Runs a command and answers its reply. One that changes nothing when it is sent again, or is no such command, is sent as it is, and once.
     *
     * @param settings what the client was made with; where its {@code retryWrites} is false, every command is sent as it is, and once
     * @param mongo the client that the database is of
     * @throws MongoException what the driver throws
     */
    public static Document run(
            MongoClientSettings settings, MongoClient mongo, MongoDatabase database, Document command) {
        if (!settings.getRetryWrites() || !isOnce(command)) {
            return database.runCommand(command);
        }
        try (ClientSession session = mongo.startSession()) {
            long number = session.getServerSession().advanceTransactionNumber();
            Document sent = new Document(command).append("txnNumber", number);
            try {
                return database.runCommand(session, sent);
            } catch (MongoException e) {
                if (!(e instanceof MongoSocketException) && !e.hasErrorLabel("RetryableWriteError")) {
                    throw e;
                }
                return again(database, session, sent, e);
            }
        }
    }

    private static boolean isOnce(Document command) {
        String name = command.keySet().iterator().next();
        return NAMES.contains(name)
                && (!name.equals("undrop") || command.containsKey("collection"))
                && !Boolean.TRUE.equals(command.get("dryRun"));
    }

    private static Document again(MongoDatabase database, ClientSession session, Document sent, MongoException first) {
        try {
            return database.runCommand(session, sent);
        } catch (MongoException e) {
            e.addSuppressed(first);
            throw e;
        }
    }
}
