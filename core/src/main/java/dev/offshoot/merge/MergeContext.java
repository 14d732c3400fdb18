package dev.offshoot.merge;

import dev.offshoot.mql.PipelineContext;

/**
 * What a merge needs besides the states.
 *
 * @param expressions time and chance for validators with expressions
 * @param patience called now and then, at least for each node of a tree; what it throws ends the merge
 * @param named whether the state of theirs is the very one at its branch and LSN, so that changes can name its collections by that; else
 *     collections that come are written out
 */
public record MergeContext(PipelineContext expressions, Runnable patience, boolean named) {
    public MergeContext(PipelineContext expressions, Runnable patience) {
        this(expressions, patience, true);
    }

    /** The same for a state of theirs that no position has. */
    public MergeContext unnamed() {
        return new MergeContext(expressions, patience, false);
    }
}
