package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Set;

/**
 * {@code hello}, and {@code isMaster} as older drivers say it: this is a {@code mongos} (decision 12), so there is no list of hosts
 * to chase, and sessions and retryable writes are on. Without a {@code topologyVersion} nobody waits for the next answer.
 */
final class Hello implements Command {
    static final int MESSAGE_BYTES_MAX = 48_000_000;
    static final int WRITE_BATCH_MAX = 100_000;
    static final int SESSION_MINUTES = 30;

    @Override
    public String name() {
        return "hello";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("isMaster", "ismaster");
    }

    @Override
    public String help() {
        return "says what this server is and can";
    }

    @Override
    public Set<String> fields() {
        return Set.of("client", "compression", "helloOk", "saslSupportedMechs", "speculativeAuthenticate");
    }

    /** Drivers of every age add fields of their own to a handshake. */
    @Override
    public boolean strict() {
        return false;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        introduce(call);
        if (call.bool("helloOk", false)) {
            reply.append("helloOk", true);
        }
        reply.append(call.name().equals("hello") ? "isWritablePrimary" : "ismaster", true)
                .append("msg", "isdbgrid")
                .append("maxBsonObjectSize", Bson.DOCUMENT_BYTES_MAX)
                .append("maxMessageSizeBytes", MESSAGE_BYTES_MAX)
                .append("maxWriteBatchSize", WRITE_BATCH_MAX)
                .appendDate("localTime", System.currentTimeMillis())
                .append("logicalSessionTimeoutMinutes", SESSION_MINUTES)
                .append("connectionId", call.client().connectionId())
                .append("minWireVersion", 0)
                .append("maxWireVersion", Version.WIRE_VERSION)
                .append("readOnly", false);
    }

    private static void introduce(Invocation call) {
        Doc client = call.document("client");
        Value application = client.get("application");
        Value name = application == null || !application.isDocument()
                ? null
                : application.asDoc().get("name");
        if (name != null && name.isString()) {
            call.client().introduce(name.asString());
        }
    }
}
