package dev.offshoot.engine;

import dev.offshoot.state.IndexSnapshot;
import java.util.function.Consumer;

/**
 * On whose behalf a {@link Plan} runs.
 *
 * @param deadline ends it
 * @param uses is told each index that it begins to read
 */
record Reading(Deadline deadline, Consumer<IndexSnapshot> uses) {
    /** Whose use of indexes does not count: work of the server's own, and what is only explained. */
    static Reading unnoticed(Deadline deadline) {
        return new Reading(deadline, index -> {});
    }
}
