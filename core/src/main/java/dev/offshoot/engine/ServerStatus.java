package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.metrics.Figures;
import java.util.Set;

/** {@code serverStatus}: how long this runs, with how many connections, cursors and bytes, and what it was asked for. */
final class ServerStatus implements Command {

    @Override
    public String name() {
        return "serverStatus";
    }

    @Override
    public String help() {
        return "tells the state of the server in numbers";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    /** The fields are the names of sections, to leave out where they are false. */
    @Override
    public boolean strict() {
        return false;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Engine engine = call.engine();
        long now = System.currentTimeMillis();
        long uptime = now - engine.startedMillis();
        long seconds = uptime / 1000;
        reply.append("host", HostInfo.hostname())
                .append("version", Version.MONGODB)
                .append("process", "mongos")
                .append("pid", ProcessHandle.current().pid())
                .append("uptime", (double) seconds) // tools read it as a whole number
                .append("uptimeMillis", uptime)
                .append("uptimeEstimate", seconds)
                .appendDate("localTime", now);
        if (call.bool("connections", true)) {
            connections(engine, reply);
        }
        if (call.bool("mem", true)) {
            memory(reply);
        }
        if (call.bool("opcounters", true)) {
            engine.opCounters().write(reply);
        }
        if (call.bool("network", true)) {
            engine.traffic().write(reply);
        }
        if (call.bool("metrics", true)) {
            metrics(engine, reply);
        }
        reply.startDocument("offshoot")
                .append("version", Version.OFFSHOOT)
                .append("store", engine.describe())
                .append("shared", engine.isShared())
                .append("projects", engine.projects().list().size());
        figures(engine.figures(), reply);
        reply.end();
    }

    private static void figures(Figures figures, DocBuilder reply) {
        reply.startDocument("appends")
                .append("records", figures.appends().count())
                .append("commits", figures.commits())
                .append("bytes", figures.appendedBytes())
                .append("seconds", figures.appends().seconds())
                .end();
        times("syncs", figures.syncs(), reply).end();
        times("replays", figures.replays(), reply)
                .append("changes", figures.replayedChanges())
                .end();
        times("checkpoints", figures.checkpoints(), reply)
                .append("bytes", figures.checkpointBytes())
                .end();
        times("gc", figures.gcRuns(), reply).append("bytes", figures.gcBytes()).end();
        reply.startDocument("caches")
                .append("hits", figures.cacheHits())
                .append("misses", figures.cacheMisses())
                .end();
    }

    private static DocBuilder times(String name, Figures.Times times, DocBuilder reply) {
        return reply.startDocument(name).append("count", times.count()).append("seconds", times.seconds());
    }

    private static void connections(Engine engine, DocBuilder reply) {
        long current = engine.connections();
        reply.startDocument("connections")
                .append("current", (int) current)
                .append("available", (int) Math.max(0, engine.connectionsMax() - current))
                .append("totalCreated", engine.connectionsCreated())
                .end();
    }

    private static void metrics(Engine engine, DocBuilder reply) {
        reply.startDocument("metrics")
                .startDocument("cursor")
                .startDocument("open")
                .append("total", (long) engine.cursors().size())
                .end()
                .end()
                .end();
    }

    private static void memory(DocBuilder reply) {
        Runtime jvm = Runtime.getRuntime();
        reply.startDocument("mem")
                .append("bits", 64)
                .append("resident", (int) ((jvm.totalMemory() - jvm.freeMemory()) >> 20))
                .append("virtual", (int) (jvm.totalMemory() >> 20))
                .append("supported", true)
                .end();
    }
}
