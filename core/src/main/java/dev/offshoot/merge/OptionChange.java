package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A field of metadata that is not the same on both sides: an option of a collection or view, or a field of an index's specification.
 *
 * @param before null where it is not there
 * @param after null where it is not there
 */
public record OptionChange(
        String name, @Nullable Value before, @Nullable Value after) {
    /** Field by field, those of the document before first; the order of fields does not count, the bytes of their values do. */
    static List<OptionChange> of(Doc before, Doc after) {
        List<OptionChange> changes = new ArrayList<>();
        for (Doc.Field field : before) {
            Value other = after.get(field.name());
            if (!Objects.equals(field.value(), other)) {
                changes.add(new OptionChange(field.name(), field.value(), other));
            }
        }
        for (Doc.Field field : after) {
            if (!before.has(field.name())) {
                changes.add(new OptionChange(field.name(), null, field.value()));
            }
        }
        return changes;
    }
}
