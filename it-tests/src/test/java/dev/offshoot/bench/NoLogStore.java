package dev.offshoot.bench;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.Store;
import dev.offshoot.store.View;
import org.jspecify.annotations.Nullable;

/** Says yes to every record and keeps none: what a write costs without its log. */
final class NoLogStore implements Store {
    @Override
    public LogStore log(String id) {
        return new LogStore() {
            @Override
            public AppendResult append(LogRecord entry) {
                return AppendResult.APPENDED;
            }

            @Override
            public RecordCursor read(long fromLsn) {
                return new RecordCursor() {
                    @Override
                    public @Nullable LogRecord next() {
                        return null;
                    }

                    @Override
                    public void close() {}
                };
            }
        };
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public String describe() {
        return "nowhere";
    }

    @Override
    public void publish(View view) {}

    @Override
    public void close() {}
}
