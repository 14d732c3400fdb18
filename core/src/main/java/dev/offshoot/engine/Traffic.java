package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.concurrent.atomic.LongAdder;

/** The messages of all connections since the start, as {@code serverStatus} tells of them in {@code network}. Thread safe. */
final class Traffic {
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder requests = new LongAdder();

    void add(long in, long out) {
        bytesIn.add(in);
        bytesOut.add(out);
        requests.increment();
    }

    void write(DocBuilder out) {
        out.startDocument("network")
                .append("bytesIn", bytesIn.sum())
                .append("bytesOut", bytesOut.sum())
                .append("numRequests", requests.sum())
                .end();
    }
}
