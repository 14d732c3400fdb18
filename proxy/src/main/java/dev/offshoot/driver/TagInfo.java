package dev.offshoot.driver;

import org.bson.Document;

/**
 * A tag as the engine describes it.
 *
 * @param branch the branch that it is a position of, which may have been dropped since
 * @param lsn the position
 */
public record TagInfo(String name, String branch, long lsn) {
    static TagInfo of(Document reply) {
        Object lsn = reply.get("lsn");
        if (lsn instanceof Number number) {
            return new TagInfo(reply.getString("name"), reply.getString("branch"), number.longValue());
        }
        throw new IllegalStateException("no lsn in the reply: " + reply.toJson());
    }
}
