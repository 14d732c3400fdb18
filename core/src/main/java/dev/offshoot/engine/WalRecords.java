package dev.offshoot.engine;

import dev.offshoot.archive.ProjectSource;
import dev.offshoot.archive.RecordBytes;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import java.io.ByteArrayOutputStream;
import java.util.Set;

/**
 * <code>{walRecords: 1, from: LSN, offset: n}</code>: records as bytes, some MiB at a time, from the n-th byte of the record at an LSN on.
 * Answers {@code bytes}, and in {@code next} and {@code offset} what to ask for next; no bytes at the end.
 */
final class WalRecords implements Command {
    private static final int REPLY_BYTES_MAX = 8 << 20;

    @Override
    public String name() {
        return "walRecords";
    }

    @Override
    public String help() {
        return "hands out the records of a project's log as bytes, for an archive";
    }

    @Override
    public Set<String> fields() {
        return Set.of("from", "offset");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        ProjectSource source = call.existingProject().content();
        long next = call.number("from", 1);
        long offset = call.number("offset", 0);
        if (next < 1 || offset < 0) {
            throw new CommandException(ErrorCode.BAD_VALUE, "from is 1 or more and offset 0 or more");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (RecordCursor cursor = source.records(next)) {
            LogRecord entry = cursor.next();
            while (entry != null && bytes.size() < REPLY_BYTES_MAX) {
                byte[] record = RecordBytes.of(entry);
                int from = (int) Math.min(offset, record.length);
                int length = Math.min(REPLY_BYTES_MAX - bytes.size(), record.length - from);
                bytes.write(record, from, length);
                boolean whole = from + length == record.length;
                next = whole ? entry.lastLsn() + 1 : entry.firstLsn();
                offset = whole ? 0 : from + length;
                entry = whole ? cursor.next() : null;
            }
        }
        reply.append("bytes", Value.binary(bytes.toByteArray()))
                .append("next", next)
                .append("offset", offset);
    }
}
