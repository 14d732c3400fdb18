package dev.offshoot.merge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides conflicts by what people said of them and by the strategy of the merge, and keeps those that stay. Not thread safe. */
final class Decisions {
    private final MergeSettings settings;
    private final Resolutions resolutions;
    private final List<MergeConflict> open = new ArrayList<>();

    Decisions(MergeSettings settings, Resolutions resolutions) {
        this.settings = settings;
        this.resolutions = resolutions;
    }

    MergeSettings settings() {
        return settings;
    }

    /** What people said of a conflict; null where that is nothing that can be done. */
    @Nullable
    Resolution said(MergeConflict conflict) {
        Resolution resolution = resolutions.of(conflict);
        return resolution != null && conflict.takes(resolution) ? resolution : null;
    }

    /** The same, and else the strategy; null where neither decides. */
    @Nullable
    Resolution of(MergeConflict conflict) {
        Resolution said = said(conflict);
        if (said != null || settings.strategy() == null || conflict.type() == ConflictType.VALIDATION) {
            return said;
        }
        return settings.strategy() == MergeStrategy.OURS ? Resolution.OURS : Resolution.THEIRS;
    }

    /** The same; what neither decides stays a conflict. */
    @Nullable
    Resolution decide(MergeConflict conflict) {
        Resolution resolution = of(conflict);
        if (resolution == null) {
            leave(conflict);
        }
        return resolution;
    }

    void leave(MergeConflict conflict) {
        open.add(conflict);
    }

    List<MergeConflict> open() {
        return List.copyOf(open);
    }
}
