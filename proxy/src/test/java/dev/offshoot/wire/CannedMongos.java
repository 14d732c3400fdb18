package dev.offshoot.wire;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.engine.Request;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A door that answers as a {@code mongos} would shake hands, {@code ok: 1} to anything else, and remembers what was asked. */
public final class CannedMongos implements Door {
    private static final long SOME_TIME_MILLIS = 1_750_000_000_000L;
    private static final Doc OK = new DocBuilder().append("ok", 1.0).buildDoc();

    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicInteger disconnected = new AtomicInteger();
    private final Function<Request, Doc> others;

    public CannedMongos() {
        this(request -> OK);
    }

    /** With other answers to what is no handshake. */
    public CannedMongos(Function<Request, Doc> others) {
        this.others = others;
    }

    public static Doc ok() {
        return OK;
    }

    public List<Request> requests() {
        return requests;
    }

    /** The requests whose first field has this name. */
    public List<Request> requests(String command) {
        return requests.stream().filter(r -> name(r).equals(command)).toList();
    }

    public int connected() {
        return connected.get();
    }

    public int open() {
        return connected.get() - disconnected.get();
    }

    @Override
    public Commands connect(String address) {
        int id = connected.incrementAndGet();
        return new Commands() {
            @Override
            public Doc run(Request request) {
                requests.add(request);
                return switch (name(request)) {
                    case "hello", "isMaster", "ismaster" -> hello(id);
                    case "endSessions" -> OK;
                    default -> others.apply(request);
                };
            }

            @Override
            public void close() {
                disconnected.incrementAndGet();
            }
        };
    }

    public static String name(Request request) {
        return request.body().isEmpty() ? "" : request.body().first().name();
    }

    private static Doc hello(int connectionId) {
        return new DocBuilder()
                .append("helloOk", true)
                .append("isWritablePrimary", true)
                .append("ismaster", true)
                .append("msg", "isdbgrid")
                .append("maxBsonObjectSize", 16 * 1024 * 1024)
                .append("maxMessageSizeBytes", 48_000_000)
                .append("maxWriteBatchSize", 100_000)
                .appendDate("localTime", SOME_TIME_MILLIS)
                .append("logicalSessionTimeoutMinutes", 30)
                .append("connectionId", connectionId)
                .append("minWireVersion", 0)
                .append("maxWireVersion", 25)
                .append("readOnly", false)
                .append("ok", 1.0)
                .buildDoc();
    }
}
