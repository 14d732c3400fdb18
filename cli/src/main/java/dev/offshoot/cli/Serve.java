package dev.offshoot.cli;

import dev.offshoot.engine.Engine;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.metrics.SyncMeters;
import dev.offshoot.server.AdminPages;
import dev.offshoot.server.AdminServer;
import dev.offshoot.server.Server;
import dev.offshoot.server.ServerOptions;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileScratch;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code offshoot serve}: runs until it is told to stop. */
@Command(name = "serve", description = "Serve branches to any MongoDB driver, until Ctrl-C or SIGTERM.")
final class Serve implements Callable<Integer> {
    private static final Pattern MEMORY = Pattern.compile("([1-9][0-9]{0,5})([kmg])", Pattern.CASE_INSENSITIVE);

    private final Terminal terminal;

    @ArgGroup(exclusive = true)
    private @Nullable Place place;

    @Mixin
    private final SyncOptions sync = new SyncOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(names = "--host", paramLabel = "HOST", description = "Address to listen on. Default: 127.0.0.1.")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "PORT", description = "Port, 0 for any free one. Default: 27018.")
    private int port = ServerOptions.DEFAULT_PORT;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            description = "Port for GET /metrics (Prometheus) and GET /health, 0 for any free one. Default: none.")
    private @Nullable Integer adminPort;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "Connections served at once; more are closed as they come. Default: 1000.")
    private int connectionsMax = ServerOptions.DEFAULT_CONNECTIONS_MAX;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description =
                    "Memory for pages and past positions. Default: 512m, or 3/8 of the JVM's heap if that is less.")
    private @Nullable String memory;

    @Option(
            names = "--retain",
            paramLabel = "7d|forever",
            description = "How much of the past is kept: a number with s, m, h or d. Default: forever.")
    private String retain = Retain.FOREVER;

    @Option(
            names = "--insecure",
            description = "Allow an address that others can reach. There is no authentication yet.")
    private boolean insecure;

    static final class Place {
        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "Folder for the data; made if missing. Default: ~/.offshoot/data.")
        private @Nullable Path data;

        @Option(names = "--store", paramLabel = "URI", description = "A MongoDB that keeps the log instead.")
        private @Nullable String store;
    }

    Serve(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        check();
        EngineOptions options = new EngineOptions(memoryBytes(), EngineOptions.DEFAULT.tailMillis())
                .with(FileScratch.ofSystem())
                .retaining(Retain.millis(retain));
        terminal.stop().watch();
        try (Measurements measured = new Measurements();
                Store store = open(measured.syncs());
                Engine engine = Engine.open(store, options.with(measured.registry()));
                Server server = start(engine);
                AdminServer admin = startAdmin(engine, measured)) {
            announce(server, store, admin);
            terminal.stop().await();
            terminal.err().println("stopping");
        }
        return ExitCodes.OK;
    }

    private void check() {
        checkPort(port, "--port 27018");
        if (host.isBlank()) {
            throw new CliException(ExitCodes.USAGE, "--host is empty: no address is named", "--host 127.0.0.1");
        }
        if (adminPort != null) {
            checkPort(adminPort, "--admin-port 9464");
        }
        if (connectionsMax < 1) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "with " + connectionsMax + " connections nobody is served",
                    "--max-connections 1000");
        }
        if (!insecure && !isLoopback()) {
            throw new CliException(
                    ExitCodes.USAGE,
                    host + " can be reached from other machines, and there is no authentication yet; refused",
                    "--host 127.0.0.1, or --insecure in a network that you trust");
        }
    }

    private static void checkPort(int port, String hint) {
        if (port < 0 || port > 0xffff) {
            throw new CliException(ExitCodes.USAGE, "there is no port " + port, hint);
        }
    }

    private long memoryBytes() {
        if (memory == null) {
            return EngineOptions.DEFAULT.memoryBytes();
        }
        long bytes = bytes(memory);
        long heap = Runtime.getRuntime().maxMemory();
        if (bytes > heap) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "--memory " + memory + " is more than the heap of the JVM, " + (heap >> 20) + " MB",
                    "--memory " + (heap >> 22) + "m, or a larger heap: OFFSHOOT_JAVA_OPTS=-Xmx4g");
        }
        if (bytes > heap / 2) {
            terminal.err()
                    .println(
                            "warning: --memory " + memory + " is more than half of the heap of the JVM, " + (heap >> 20)
                                    + " MB, which holds the newest states of branches, too; OFFSHOOT_JAVA_OPTS=-Xmx4g makes it larger");
        }
        return bytes;
    }

    private static long bytes(String size) {
        Matcher parsed = MEMORY.matcher(size);
        if (!parsed.matches()) {
            throw new CliException(ExitCodes.USAGE, "'" + size + "' is no size of memory", "--memory 512m");
        }
        int shift = switch (parsed.group(2).toLowerCase(Locale.ROOT)) {
            case "k" -> 10;
            case "m" -> 20;
            default -> 30;
        };
        return Long.parseLong(parsed.group(1)) << shift;
    }

    private boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new CliException(ExitCodes.USAGE, "there is no host " + host, "--host 127.0.0.1", e);
        }
    }

    private Store open(SyncMeters syncs) {
        Place given = place;
        if (given != null && given.store != null) {
            sync.checkUnused();
            return Stores.open(given.store);
        }
        Path folder = given != null && given.data != null ? given.data : defaultData();
        return Stores.openOrCreate(folder, sync.ofFolder(), syncs);
    }

    static Path defaultData() {
        return Path.of(System.getProperty("user.home"), ".offshoot", "data");
    }

    private Server start(Engine engine) throws IOException {
        try {
            return Server.start(engine, ServerOptions.of(host, port).withConnectionsMax(connectionsMax));
        } catch (IOException e) {
            throw notBound(e, "another --port (0 for any free one), or offshoot status to see who serves there");
        }
    }

    /** The door for operators; null where nobody asked for it. */
    private @Nullable AdminServer startAdmin(Engine engine, Measurements measured) throws IOException {
        if (adminPort == null) {
            return null;
        }
        try {
            return AdminServer.start(
                    host, adminPort, new AdminPages(Measurements.TYPE, measured::text, engine::troubles));
        } catch (IOException e) {
            throw notBound(e, "another --admin-port (0 for any free one)");
        }
    }

    private static IOException notBound(IOException e, String hint) {
        if (e instanceof BindException || e.getCause() instanceof BindException) {
            throw new CliException(ExitCodes.FAILURE, String.valueOf(e.getMessage()), hint, e);
        }
        return e;
    }

    private void announce(Server server, Store store, @Nullable AdminServer admin) {
        String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        String uri = "mongodb://" + shown + ":" + server.address().getPort();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("uri", uri);
        facts.put("store", store.describe());
        facts.put("pid", ProcessHandle.current().pid());
        String line = "serving " + store.describe() + " at " + uri;
        if (admin != null) {
            String adminUrl = "http://" + shown + ":" + admin.address().getPort();
            facts.put("admin", adminUrl);
            line += ", metrics at " + adminUrl + "/metrics";
        }
        output.to(terminal).fact(facts, line);
    }
}
