package dev.offshoot.wal;

/**
 * Who did something: what the audit trail shows of a commit.
 *
 * @param actor the user, or what the client says it is and where it comes from
 * @param command such as {@code update}
 * @param branch the branch's name at that time; empty for events of the project
 * @param namespace the collection, or the branch or project the event is about
 */
public record Origin(String actor, String command, String branch, String namespace) {}
