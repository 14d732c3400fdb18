package dev.offshoot.wire;

import dev.offshoot.bson.Doc;
import dev.offshoot.engine.Client;
import dev.offshoot.engine.Engine;
import dev.offshoot.engine.Request;

/** Where connections come in. Thread safe. */
@FunctionalInterface
public interface Door {
    /** A new connection from an address, such as {@code 127.0.0.1:50123} or {@code in-memory}. */
    Commands connect(String address);

    /** The door to an engine, which stays its owner's to close. */
    static Door of(Engine engine) {
        return address -> {
            Client client = engine.connect(address);
            return new Commands() {
                @Override
                public Doc run(Request request) {
                    return engine.run(client, request);
                }

                @Override
                public void exchanged(int bytesIn, int bytesOut) {
                    engine.exchanged(bytesIn, bytesOut);
                }

                @Override
                public void close() {
                    engine.disconnect(client);
                }
            };
        };
    }
}
