package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one statement of a write came to, and how the log keeps that for a retry.
 *
 * @param n documents that matched, were inserted or deleted
 * @param modified documents that changed
 * @param upserted the {@code _id} of the one that an update inserted, or null
 * @param retried whether it was executed before, and this is the answer of then
 */
record Written(int n, int modified, @Nullable Value upserted, boolean retried) {
    static final Written NOTHING = new Written(0, 0, null, false);

    /** What an insert of one document keeps. */
    static final byte[] INSERTED = new DocBuilder().append("n", 1).build();

    static Written updated(int n, int modified) {
        return new Written(n, modified, null, false);
    }

    static Written upserted(@Nullable Value id) {
        return new Written(1, 0, id, false);
    }

    static Written deleted(int n) {
        return new Written(n, 0, null, false);
    }

    /** What the log keeps of it; nothing for a statement without a name. */
    List<RetryResult> retries(@Nullable RetryKey key) {
        if (key == null) {
            return List.of();
        }
        DocBuilder bytes = new DocBuilder().append("n", n).append("m", modified);
        if (upserted != null) {
            bytes.append("u", upserted);
        }
        return List.of(new RetryResult(key, bytes.build()));
    }

    /** The answer to a retry, from what the log kept: of whichever command had the statement's name first, as in MongoDB. */
    static Written retried(byte[] kept) {
        Doc doc = Doc.of(kept);
        Value outcome = doc.get("lastErrorObject");
        if (outcome != null) {
            Value upserted = outcome.asDoc().get("upserted");
            return new Written(1, outcome.asDoc().has("updatedExisting") && upserted == null ? 1 : 0, upserted, true);
        }
        Value n = doc.get("n");
        Value m = doc.get("m");
        return new Written(n == null ? 0 : n.asInt32(), m == null ? 0 : m.asInt32(), doc.get("u"), true);
    }
}
