package dev.offshoot.merge;

import dev.offshoot.state.Statement;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.List;

/**
 * What a three-way merge comes to. Immutable.
 *
 * @param changes what makes the merged state of ours. Where there are conflicts, those places are as ours has them, and the changes may be
 *     more than what validators and unique indexes allow: then they are for counting only
 * @param referred the states that the changes refer to
 * @param conflicts what was not decided, by collection
 */
public record MergePlan(
        List<Change> changes, Statement.Referred referred, List<MergeConflict> conflicts, MergeCounts counts) {
    public boolean hasConflicts() {
        return !conflicts.isEmpty();
    }

    /** The changes of a commit that begins with others. */
    public List<Change> changesAfter(List<Change> first) {
        List<Change> all = new ArrayList<>(first);
        changes.forEach(change -> all.add(shifted(change, first.size())));
        return all;
    }

    /** What the commit makes is named by places in the commit. */
    public static Change shifted(Change change, int by) {
        if (change instanceof Change.Put put && put.collection() < 0) {
            return new Change.Put(put.collection() - by, put.recordId(), put.document());
        }
        if (change instanceof Change.CreateIndex create && create.collection() < 0) {
            return new Change.CreateIndex(create.collection() - by, create.spec());
        }
        return change;
    }
}
