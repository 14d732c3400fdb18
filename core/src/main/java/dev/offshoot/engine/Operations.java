package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The commands that are running now: what {@code currentOp} shows and {@code killOp} ends. Thread safe. */
final class Operations {
    private final Map<Integer, Operation> running = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final LongSupplier millis;
    private final LongSupplier nanos;

    Operations(LongSupplier millis, LongSupplier nanos) {
        this.millis = millis;
        this.nanos = nanos;
    }

    /** One of them. Its deadline is that of its cursor once it works on one. */
    static final class Operation {
        private final int id;
        private final Invocation call;
        private final long startedNanos;
        private volatile Deadline deadline;

        Operation(int id, Invocation call, long startedNanos) {
            this.id = id;
            this.call = call;
            this.startedNanos = startedNanos;
            this.deadline = call.deadline();
        }

        int id() {
            return id;
        }

        void worksWith(Deadline other) {
            deadline = other;
        }
    }

    /** Takes note of a command; {@link #end} forgets it. */
    Operation begin(Invocation call) {
        Operation operation = new Operation(ids.incrementAndGet() & Integer.MAX_VALUE, call, nanos.getAsLong());
        running.put(operation.id, operation);
        call.runAs(operation);
        return operation;
    }

    /** Answers how long it took. */
    long end(Operation operation) {
        running.remove(operation.id);
        return nanos.getAsLong() - operation.startedNanos;
    }

    /** When the oldest of them began, milliseconds since 1970; now when there is none. */
    long oldestMillis() {
        long now = millis.getAsLong();
        long nanosNow = nanos.getAsLong();
        long longest = 0;
        for (Operation operation : running.values()) {
            longest = Math.max(longest, nanosNow - operation.startedNanos);
        }
        return now - longest / 1_000_000;
    }

    /** The past positions of a project that they read at. */
    List<Long> positions(String project) {
        List<Long> positions = new ArrayList<>();
        for (Operation operation : running.values()) {
            if (operation.call.database().project().equals(project)) {
                positions.addAll(operation.call.positions());
            }
        }
        return positions;
    }

    /** Makes an operation end at its next look at its deadline; one that has ended already is no error, as in MongoDB. */
    void kill(int id) {
        @Nullable Operation operation = running.get(id);
        if (operation != null) {
            operation.deadline.kill();
        }
    }

    /**
     * A document for each, oldest first, and then for each idle connection.
     *
     * @param clients those to show where they idle
     */
    List<Doc> describe(Collection<Client> clients) {
        List<Operation> all = new ArrayList<>(running.values());
        all.sort(Comparator.comparingInt(Operation::id));
        List<Doc> documents = new ArrayList<>();
        Set<Long> busy = new HashSet<>();
        for (Operation operation : all) {
            documents.add(describe(operation));
            busy.add(operation.call.client().connectionId());
        }
        clients.stream()
                .filter(client -> !busy.contains(client.connectionId()))
                .sorted(Comparator.comparingLong(Client::connectionId))
                .map(client -> connection(client, false).buildDoc())
                .forEach(documents::add);
        return documents;
    }

    private DocBuilder connection(Client client, boolean active) {
        return new DocBuilder()
                .append("type", "op")
                .append("host", HostInfo.hostname())
                .append("desc", "conn" + client.connectionId())
                .append("connectionId", client.connectionId())
                .append("client", client.address())
                .append("appName", client.appName())
                .append("active", active)
                .append(
                        "currentOpTime",
                        java.time.Instant.ofEpochMilli(millis.getAsLong()).toString());
    }

    private Doc describe(Operation operation) {
        Invocation call = operation.call;
        long micros = (nanos.getAsLong() - operation.startedNanos) / 1000;
        DocBuilder doc = connection(call.client(), true).append("opid", operation.id);
        if (call.get("lsid") != null) {
            doc.append("lsid", call.document("lsid"));
        }
        return doc.append("secs_running", micros / 1_000_000)
                .append("microsecs_running", micros)
                .append("op", kind(call.name()))
                .append("ns", namespace(call))
                .append("command", call.body())
                .append("numYields", 0)
                .append("waitingForLatch", false)
                .startDocument("locks")
                .end()
                .append("waitingForLock", false)
                .buildDoc();
    }

    static String namespace(Invocation call) {
        Value first = call.body().first().value();
        Value collection = call.name().equals("getMore") ? call.get("collection") : first;
        return call.namespace(collection != null && collection.isString() ? collection.asString() : "$cmd");
    }

    private static String kind(String command) {
        return switch (command) {
            case "find" -> "query";
            case "getMore" -> "getmore";
            case "insert", "update" -> command;
            case "delete" -> "remove";
            default -> "command";
        };
    }
}
