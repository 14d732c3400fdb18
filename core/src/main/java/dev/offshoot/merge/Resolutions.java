package dev.offshoot.merge;

import org.jspecify.annotations.Nullable;

/** What has been decided of the conflicts of a merge. */
@FunctionalInterface
public interface Resolutions {
    /** Nothing yet. */
    Resolutions NONE = conflict -> null;

    /** How a conflict is decided; null where it is not. A resolution that its conflict does not {@link MergeConflict#takes take} counts for none. */
    @Nullable
    Resolution of(MergeConflict conflict);
}
