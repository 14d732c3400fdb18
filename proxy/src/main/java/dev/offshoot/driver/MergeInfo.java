package dev.offshoot.driver;

import org.bson.Document;

/**
 * What came of a merge, an undo, a revert, a cherry-pick or a rebase, as the engine describes it.
 *
 * @param status {@code merged}, {@code fastForward}, {@code upToDate}, or {@code conflicts}: then the branch is as it was and the merge waits
 * @param conflicts how many are to be resolved
 * @param headLsn where the branch stands now
 * @param plan what a merge with {@code plan} takes, so that exactly this is done; empty where nothing was to be done
 * @param reply all that the engine answered
 */
public record MergeInfo(String status, long conflicts, long headLsn, String plan, Document reply) {
    static MergeInfo of(Document reply) {
        return new MergeInfo(
                reply.getString("status"),
                reply.containsKey("conflicts") ? number(reply, "conflicts") : 0,
                number(reply, "head_lsn"),
                reply.get("plan", ""),
                reply);
    }

    /** Whether conflicts stopped it. */
    public boolean hasConflicts() {
        return conflicts > 0;
    }

    private static long number(Document reply, String field) {
        if (reply.get(field) instanceof Number number) {
            return number.longValue();
        }
        throw new IllegalStateException("no " + field + " in the reply: " + reply.toJson());
    }
}
