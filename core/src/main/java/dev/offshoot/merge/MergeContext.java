package dev.offshoot.merge;

import dev.offshoot.mql.PipelineContext;

/**
 * What a merge needs besides the states.
 *
 * @param expressions time and chance for validators with expressions
 * @param patience called now and then, at least for each node of a tree; what it throws ends the merge
 * @param named whether the state of theirs is the very one at its branch and LSN, so that changes can name its collections by that; else
 *     collections that come are written out, and documents are checked that theirs has under the same validator
 * @param checks whether what comes out is checked: unique indexes, validators, sizes
 */
public record MergeContext(PipelineContext expressions, Runnable patience, boolean named, boolean checks) {
    public MergeContext(PipelineContext expressions, Runnable patience) {
        this(expressions, patience, true, true);
    }

    /** The same for a state of theirs that no position has. */
    public MergeContext unnamed() {
        return new MergeContext(expressions, patience, false, checks);
    }

    /** The same for a state that is merged further, and checked then. */
    public MergeContext unchecked() {
        return new MergeContext(expressions, patience, named, false);
    }
}
