package dev.offshoot.engine;

import dev.offshoot.state.LoggedCommit;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A commit in a log.
 *
 * @param parents the first LSNs of the commits it comes after in the graph, its own history first; null where nobody asked for a graph
 */
record LogNode(LoggedCommit commit, @Nullable List<Long> parents) {
    /** Commits without a graph. */
    static Iterator<LogNode> of(Iterator<LoggedCommit> commits) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return commits.hasNext();
            }

            @Override
            public LogNode next() {
                return new LogNode(commits.next(), null);
            }
        };
    }
}
