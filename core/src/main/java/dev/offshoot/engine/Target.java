package dev.offshoot.engine;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * What a command works on: a branch of an open project, at its head or at a past position.
 *
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

    /** Refuses to write to a past position. */
    Target writable() {
        if (at != null) {
            throw new CommandException(
                    ErrorCode.COMMAND_NOT_SUPPORTED,
                    "'" + reference.text() + "' is a past position and cannot be written; make a branch from it:"
                            + " {createBranch: 'NAME', from: " + at + "} on '" + project.name() + "~" + branch.name()
                            + "'");
        }
        return this;
    }
}
