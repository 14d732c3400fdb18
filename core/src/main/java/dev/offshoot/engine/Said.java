package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.MergeConflict;
import dev.offshoot.merge.Resolution;
import dev.offshoot.merge.Resolutions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was said of the conflicts that are kept, as long as they are between the same things. Notes what counts of it, so one serves one plan. */
final class Said implements Resolutions {
    private final Map<String, PendingMerges.Kept> kept = new HashMap<>();
    private final Set<String> used = new HashSet<>();

    Said(Iterable<PendingMerges.Kept> conflicts) {
        for (PendingMerges.Kept conflict : conflicts) {
            if (conflict.resolution() != null) {
                kept.put(conflict.key(), conflict);
            }
        }
    }

    /** The keys of the conflicts that it decided. */
    Set<String> used() {
        return used;
    }

    /** What counts of it, by the keys of the conflicts: for who is to tell one decision from another. */
    Doc toDoc() {
        DocBuilder out = new DocBuilder();
        for (String key : new TreeSet<>(used)) {
            PendingMerges.Kept conflict = Objects.requireNonNull(kept.get(key));
            out.startArray(key)
                    .add(Value.of(conflict.fingerprint()))
                    .add(Objects.requireNonNull(conflict.doc().get("resolution")))
                    .end();
        }
        return out.buildDoc();
    }

    /** What was said of those of one commit. */
    Resolutions of(long commit) {
        return conflict -> of(conflict, commit);
    }

    @Override
    public @Nullable Resolution of(MergeConflict conflict) {
        return of(conflict, 0);
    }

    private @Nullable Resolution of(MergeConflict conflict, long commit) {
        PendingMerges.Kept said = kept.isEmpty() ? null : kept.get(PendingMerges.key(conflict, commit));
        if (said == null || !said.fingerprint().equals(conflict.fingerprint())) {
            return null;
        }
        used.add(said.key());
        return said.resolution();
    }
}
