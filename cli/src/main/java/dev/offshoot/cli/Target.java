package dev.offshoot.cli;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import dev.offshoot.driver.OffshootClient;
import dev.offshoot.driver.OffshootClients;
import dev.offshoot.driver.OnceCommand;
import dev.offshoot.engine.Engine;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileScratch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** An open connection to a server, or an open store with an engine in this JVM; both are used through the same driver. */
final class Target implements AutoCloseable {
    private static final long SERVER_WAIT_SECONDS = 3;

    private final MongoClientSettings settings;
    private final MongoClient mongo;
    private final String description;
    private final Runnable afterwards;
    private final @Nullable Engine engine;

    private Target(
            MongoClientSettings settings,
            MongoClient mongo,
            String description,
            @Nullable Engine engine,
            Runnable afterwards) {
        this.settings = settings;
        this.mongo = mongo;
        this.description = description;
        this.engine = engine;
        this.afterwards = afterwards;
    }

    /** Connects to a running server and sees that it answers. */
    static Target connect(String uri) {
        ConnectionString parsed = parse(uri);
        MongoClientSettings settings = settings(parsed);
        MongoClient client = MongoClients.create(settings);
        Target target = new Target(settings, client, String.join(",", parsed.getHosts()), null, () -> {});
        try {
            client.getDatabase("admin").runCommand(new Document("ping", 1));
            return target;
        } catch (MongoTimeoutException | MongoSocketException e) {
            target.close();
            throw unreachable(parsed, e);
        }
    }

    /** An engine of its own on a store, which it closes with itself. */
    static Target embedded(Store store) {
        Engine engine = opened(store);
        MongoClientSettings settings = MongoClientSettings.builder().build();
        OffshootClient client = OffshootClients.create(engine, settings);
        return new Target(settings, client.mongo(), store.describe(), engine, () -> {
            client.close();
            engine.close();
        });
    }

    private static Engine opened(Store store) {
        try {
            return Engine.open(store, EngineOptions.DEFAULT.with(FileScratch.ofSystem()));
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * The engine on a store that this process has opened.
     *
     * @param what cannot be done on a server, for the message
     */
    Engine engine(String what) {
        if (engine == null) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "a running server cannot " + what + "; nothing was changed",
                    "--data DIR with a folder that no server has open, or --store URI");
        }
        return engine;
    }

    MongoClient mongo() {
        return mongo;
    }

    /** Where it is, without secrets. */
    String description() {
        return description;
    }

    MongoDatabase admin() {
        return mongo.getDatabase("admin");
    }

    /**
     * The database of a project, or of a branch of it.
     *
     * @throws CliException if no database can have this name
     */
    MongoDatabase database(String name) {
        try {
            return mongo.getDatabase(name);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCodes.USAGE, "'" + name + "' cannot be the name of a project: " + e.getMessage(), null, e);
        }
    }

    /**
     * Runs a command that is done once, also where its reply is lost and it is sent again, unless the URI says {@code retryWrites=false}.
     *
     * @param name of a project, or of a branch of it
     */
    Document once(String name, Document command) {
        return OnceCommand.run(settings, mongo, database(name), command);
    }

    /** Those that can be opened. */
    List<Document> projects() {
        return listing().open();
    }

    Projects listing() {
        List<Document> closed = new ArrayList<>(
                admin().runCommand(new Document("listProjects", 1)).getList("projects", Document.class));
        List<Document> open = new ArrayList<>(closed);
        closed.removeIf(project -> !project.containsKey("damaged") && !project.containsKey("restoring"));
        open.removeAll(closed);
        return new Projects(open, closed);
    }

    /**
     * The projects of a store.
     *
     * @param open those that can be opened
     * @param closed the others: {@code damaged}, or still {@code restoring}
     */
    record Projects(List<Document> open, List<Document> closed) {
        /** Says which cannot be opened, and why; answers the exit code of who looked at all others. */
        int tellClosed(Terminal terminal) {
            int exitCode = ExitCodes.OK;
            for (Document project : closed) {
                String name = project.getString("name");
                if (project.containsKey("damaged")) {
                    terminal.err().println("project '" + name + "' is damaged: " + project.getString("damaged"));
                    exitCode = ExitCodes.FAILURE;
                } else {
                    terminal.err()
                            .println("project '" + name
                                    + "' is not whole: restore or import it again to go on, or delete it");
                }
            }
            return exitCode;
        }
    }

    List<Document> branches(String project) {
        return database(project).runCommand(new Document("listBranches", 1)).getList("branches", Document.class);
    }

    /** The checkpoints of a project, oldest first. */
    List<Document> checkpoints(String project) {
        return database(project)
                .runCommand(new Document("walListCheckpoints", 1))
                .getList("checkpoints", Document.class);
    }

    @Override
    public void close() {
        mongo.close();
        afterwards.run();
    }

    static ConnectionString parse(String uri) {
        try {
            return new ConnectionString(uri);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "this is not a MongoDB URI: " + e.getMessage(),
                    "a URI such as " + TargetOptions.DEFAULT_URI,
                    e);
        }
    }

    /** A person waits: a wait for the server is short unless the URI says how long. */
    private static MongoClientSettings settings(ConnectionString uri) {
        MongoClientSettings.Builder settings =
                MongoClientSettings.builder().applicationName("offshoot").applyConnectionString(uri);
        if (uri.getServerSelectionTimeout() == null) {
            settings.applyToClusterSettings(
                    cluster -> cluster.serverSelectionTimeout(SERVER_WAIT_SECONDS, TimeUnit.SECONDS));
        }
        return settings.build();
    }

    private static CliException unreachable(ConnectionString uri, RuntimeException cause) {
        String hosts = String.join(",", uri.getHosts());
        return new CliException(
                ExitCodes.UNREACHABLE,
                "no server answers at " + hosts,
                "offshoot serve, or --uri for another server, or --data DIR to open a folder without a server",
                cause);
    }
}
