package dev.offshoot.state;

import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint keeps of a branch.
 *
 * @param head its newest state
 * @param base the state of its parent that it was made from, which comparing it with its parent needs however old it is; null for a
 *     project's first branch
 */
record BranchState(Snapshot head, @Nullable Snapshot base) {}
