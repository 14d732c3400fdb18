package dev.offshoot.driver;

import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * A branch as the engine describes it.
 *
 * @param headLsn its newest change of its own, or its base where it has none
 * @param baseLsn where it left its parent
 * @param parent null for the first branch of a project
 */
public record BranchInfo(
        String name, long headLsn, long baseLsn, @Nullable String parent) {
    static BranchInfo of(Document reply) {
        return new BranchInfo(
                reply.getString("name"), lsn(reply, "head_lsn"), lsn(reply, "base_lsn"), reply.getString("parent"));
    }

    private static long lsn(Document reply, String field) {
        Object value = reply.get(field);
        if (value instanceof Number number) {
            return number.longValue();
        }
        throw new IllegalStateException("no " + field + " in the reply: " + reply.toJson());
    }
}
