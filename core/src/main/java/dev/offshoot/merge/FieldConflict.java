package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/**
 * A place of a document where a merge could not decide. Immutable.
 *
 * @param path where; the root for the document as a whole. A {@link DocPath.Position} counts in the base
 * @param base the value that both sides started from; null where there was none
 * @param ours the value on our side; null where there is none
 * @param theirs the value on their side; null where there is none
 */
public record FieldConflict(
        DocPath path,
        @Nullable Value base,
        @Nullable Value ours,
        @Nullable Value theirs) {
    /** The conflict as a document: {@code {path, base, ours, theirs}}, without what there is not; see {@link DocPath#appendTo}. */
    public Doc toDoc() {
        DocBuilder out = new DocBuilder();
        path.appendTo(out);
        append(out, "base", base);
        append(out, "ours", ours);
        append(out, "theirs", theirs);
        return out.buildDoc();
    }

    private static void append(DocBuilder out, String name, @Nullable Value value) {
        if (value != null) {
            out.append(name, value);
        }
    }
}
