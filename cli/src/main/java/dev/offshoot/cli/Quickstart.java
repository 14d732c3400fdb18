package dev.offshoot.cli;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.offshoot.driver.OffshootClient;
import dev.offshoot.driver.OffshootClients;
import dev.offshoot.engine.Engine;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.server.Server;
import dev.offshoot.server.ServerOptions;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileScratch;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code offshoot quickstart}: a server, a shop, a branch, and what differs, in a few seconds. */
@Command(
        name = "quickstart",
        description = "Start a server on data of its own, make branches of a small shop and show what happens.")
final class Quickstart implements Callable<Integer> {
    private static final String HOST = "127.0.0.1";

    private final Terminal terminal;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keep the data in this folder. Default: a temporary one, removed at the end.")
    private @Nullable Path data;

    @Mixin
    private final SyncOptions sync = new SyncOptions();

    @Option(names = "--serve", description = "Keep serving until Ctrl-C, so that the lines at the end work.")
    private boolean serve;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to serve at. Default: 27018, or any free one if it is taken.")
    private int port = ServerOptions.DEFAULT_PORT;

    Quickstart(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (port < 0 || port > 0xffff) {
            throw new CliException(ExitCodes.USAGE, "there is no port " + port, "--port 27018");
        }
        if (serve) {
            terminal.stop().watch();
        }
        Path given = data;
        Path folder = given == null ? Files.createTempDirectory("offshoot-") : given;
        boolean keep = serve || given != null;
        try {
            run(folder, keep);
        } finally {
            if (!keep) {
                Folders.delete(folder);
            }
        }
        return ExitCodes.OK;
    }

    private void run(Path folder, boolean keep) throws IOException {
        long start = System.nanoTime();
        try (Store store = Stores.openOrCreate(folder, sync.ofFolder());
                Engine engine = Engine.open(store, EngineOptions.DEFAULT.with(FileScratch.ofSystem()));
                Server server = start(engine)) {
            String uri = "mongodb://" + HOST + ":" + server.address().getPort();
            try (MongoClient tcp = MongoClients.create(uri);
                    OffshootClient inProcess = OffshootClients.create(engine)) {
                Tour tour = new Tour(terminal.out(), folder, uri, tcp, inProcess);
                tour.opening(server.address().getPort(), (System.nanoTime() - start) / 1_000);
                tour.run();
                tour.closing(serve, keep);
            }
            if (serve) {
                terminal.out().println("Serving " + folder + " at " + uri + " until Ctrl-C.");
                terminal.stop().await();
                terminal.err().println("stopping");
            }
        }
    }

    /** A taken port is no reason to fail: the first look at a product should work. */
    private Server start(Engine engine) throws IOException {
        try {
            return Server.start(engine, ServerOptions.of(HOST, port));
        } catch (IOException e) {
            if (!(e instanceof BindException) && !(e.getCause() instanceof BindException)) {
                throw e;
            }
            terminal.err().println("offshoot: port " + port + " is taken; using a free one");
            return Server.start(engine, ServerOptions.of(HOST, 0));
        }
    }
}
