package dev.offshoot.engine;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * What a command works on: a branch of an open project, at its head or at a past position. {@link Positions} makes it.
 *
 * @param reference as it was written
 * @param branch where a tag was written, the one it is of, which may be dropped
 * @param at an LSN, or null for the head
 */
record Target(
        DatabaseReference reference,
        Project project,
        Branch branch,
        @Nullable Long at) {
    /** The acknowledged state to read. */
    Snapshot snapshot() {
        return at == null ? project.head(branch) : project.at(branch, at);
    }

    /** The LSN to read at: the head moves on, so ask for the {@link #snapshot} once and for its LSN where both are needed. */
    long lsn() {
        return at == null ? project.head(branch).lsn() : at;
    }

    /** The name of a branch or tag, or a branch and a position: {@code dev}, {@code v1}, {@code dev~48211}. */
    String text() {
        String name = reference.branch() == null ? branch.name() : reference.branch();
        return at == null || reference.position() == null ? name : branch.name() + "~" + at;
    }

    /**
     * Refuses to write to a past position, and to a protected branch. Whatever changes a branch and is no merge asks this.
     *
     * @throws CommandException CommandNotSupported, IllegalOperation
     */
    Target writable() {
        Protection.check(project.catalog(), atHead().branch);
        return this;
    }

    /**
     * Refuses a past position, and no protected branch: for merges.
     *
     * @throws CommandException CommandNotSupported
     */
    Target atHead() {
        if (at != null) {
            boolean tag = reference.position() == null;
            throw new CommandException(
                    ErrorCode.COMMAND_NOT_SUPPORTED,
                    "'" + reference.text() + "' is a past position and cannot be written; make a branch from it:"
                            + " {createBranch: 'NAME', from: " + (tag ? "'" + reference.branch() + "'" : at) + "} on '"
                            + project.name() + (tag ? "" : "~" + branch.name()) + "'");
        }
        return this;
    }
}
