package dev.offshoot.wire;

import dev.offshoot.bson.Doc;
import dev.offshoot.engine.Request;

/** What answers the commands of one connection. Used by one thread at a time. */
public interface Commands extends AutoCloseable {
    /** The reply; errors are replies too, only a bug throws. */
    Doc run(Request request);

    /** Says how long a message was and its reply, 0 where there is none. */
    default void exchanged(int bytesIn, int bytesOut) {}

    /** Says that the connection is gone. */
    @Override
    default void close() {}
}
