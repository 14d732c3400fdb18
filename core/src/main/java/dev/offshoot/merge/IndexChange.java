package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.state.IndexSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An index that is not the same on both sides, matched by its name.
 *
 * @param before null where it is not there
 * @param after null where it is not there
 */
public record IndexChange(
        String name,
        @Nullable IndexSnapshot before,
        @Nullable IndexSnapshot after) {
    public boolean isAdded() {
        return before == null;
    }

    public boolean isRemoved() {
        return after == null;
    }

    /** The fields in which the specifications differ. */
    public List<OptionChange> fields() {
        return OptionChange.of(before == null ? Doc.EMPTY : before.spec(), after == null ? Doc.EMPTY : after.spec());
    }
}
