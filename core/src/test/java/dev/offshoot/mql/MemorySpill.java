package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A place to spill to that is a list, and counts. */
final class MemorySpill implements SpillSpace {
    int made;
    int held;
    long written;

    @Override
    public boolean isAllowed() {
        return true;
    }

    @Override
    public Run newRun() {
        made++;
        held++;
        return new Run() {
            private @Nullable List<Doc> documents = new ArrayList<>();

            @Override
            public void append(Doc document) {
                written++;
                all().add(Doc.of(document.toBytes().clone()));
            }

            @Override
            public Iterator<Doc> documents() {
                return all().iterator();
            }

            private List<Doc> all() {
                if (documents == null) {
                    throw new AssertionError("a discarded run");
                }
                return documents;
            }

            @Override
            public void discard() {
                held -= documents == null ? 0 : 1;
                documents = null;
            }
        };
    }
}
