package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The fields that every reply has. */
final class Replies {
    private static final byte[] NO_SIGNATURE = new byte[20];

    private Replies() {}

    static Doc ok(DocBuilder reply, Invocation call) {
        reply.append("ok", 1.0);
        long time = call.lastTime();
        if (time != 0) {
            reply.append("operationTime", Value.timestamp(time));
            reply.startDocument("$clusterTime")
                    .appendTimestamp("clusterTime", time)
                    .startDocument("signature")
                    .append("hash", Value.binary(NO_SIGNATURE))
                    .append("keyId", 0L)
                    .end()
                    .end();
        }
        return reply.buildDoc();
    }

    static Doc error(ErrorCode code, String message, @Nullable Doc details, boolean retryable) {
        DocBuilder reply = new DocBuilder(256)
                .append("ok", 0.0)
                .append("errmsg", message)
                .append("code", code.number())
                .append("codeName", code.name());
        if (details != null) {
            reply.appendAll(details);
        }
        if (retryable) {
            reply.startArray("errorLabels").add("RetryableWriteError").end();
        }
        return reply.buildDoc();
    }
}
