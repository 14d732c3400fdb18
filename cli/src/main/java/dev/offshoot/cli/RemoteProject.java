package dev.offshoot.cli;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoDatabase;
import dev.offshoot.archive.ProjectSource;
import dev.offshoot.archive.RecordBytes;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.PageId;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bson.Document;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;

/** What of a project goes into an archive, asked for by commands. Not thread safe. */
final class RemoteProject implements ProjectSource {
    private static final int HOST_UNREACHABLE = 6;
    private static final int DATA_CORRUPTION = 96;

    private final MongoDatabase database;
    private final String project;

    RemoteProject(MongoDatabase database, String project) {
        this.database = database;
        this.project = project;
    }

    @Override
    public String project() {
        return project;
    }

    @Override
    public String log() {
        return source().getString("log");
    }

    @Override
    public long firstLsn() {
        return source().getLong("firstLsn");
    }

    @Override
    public long lastLsn() {
        return source().getLong("lastLsn");
    }

    @Override
    public List<Long> checkpoints() {
        return source().getList("checkpoints", Long.class);
    }

    private Document source() {
        return run(new Document("walSource", 1));
    }

    @Override
    public RecordCursor records(long fromLsn) {
        return new Records(fromLsn);
    }

    @Override
    public byte @Nullable [] manifest(long lsn) {
        return bytes(manifest(lsn, 0), "manifest");
    }

    @Override
    public void pages(long lsn, Consumer<PageId> page) {
        long told = 0;
        while (true) {
            byte[] ids = bytes(manifest(lsn, told), "pages");
            if (ids == null) {
                throw new CorruptionException(
                        "checkpoint " + lsn + " of project '" + project + "': expected it, found none");
            }
            if (ids.length == 0) {
                return;
            }
            for (int at = 0; at < ids.length; at += PageId.BYTES) {
                page.accept(PageId.of(ids, at));
                told++;
            }
        }
    }

    private Document manifest(long lsn, long skip) {
        return run(new Document("walManifest", 1).append("lsn", lsn).append("skip", skip));
    }

    @Override
    public List<byte[]> read(List<PageId> ids) {
        ByteBuffer asked = ByteBuffer.allocate(ids.size() * PageId.BYTES);
        ids.forEach(id -> asked.put(id.toBytes()));
        Document reply = run(new Document("walPages", 1).append("ids", new Binary(asked.array())));
        List<byte[]> pages = new ArrayList<>();
        reply.getList("pages", Binary.class).forEach(page -> pages.add(page.getData()));
        return pages;
    }

    /** With the server's words for damage and for a store that fails as what they are here. */
    private Document run(Document command) {
        try {
            return database.runCommand(command);
        } catch (MongoCommandException e) {
            throw switch (e.getErrorCode()) {
                case DATA_CORRUPTION -> new CorruptionException(e.getErrorMessage());
                case HOST_UNREACHABLE -> new StoreException(e.getErrorMessage(), e);
                default -> e;
            };
        }
    }

    private static byte @Nullable [] bytes(Document reply, String field) {
        Binary binary = reply.get(field, Binary.class);
        return binary == null ? null : binary.getData();
    }

    /** Records as they come, some MiB at a time; a large one comes in several parts. */
    private final class Records implements RecordCursor {
        private long next;
        private long offset;
        private ByteBuffer ready = ByteBuffer.allocate(0);

        Records(long fromLsn) {
            this.next = fromLsn;
        }

        @Override
        public @Nullable LogRecord next() {
            if (!ready.hasRemaining() && !fill()) {
                return null;
            }
            try {
                return RecordBytes.read(ready);
            } catch (IllegalArgumentException e) {
                throw new CorruptionException("the server sent no record before LSN " + next + ": " + e.getMessage());
            }
        }

        /** Asks until the last record that came is whole. */
        private boolean fill() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            do {
                Document reply =
                        run(new Document("walRecords", 1).append("from", next).append("offset", offset));
                byte[] part = bytes(reply, "bytes");
                if (part == null || part.length == 0) {
                    return false;
                }
                bytes.write(part, 0, part.length);
                next = reply.getLong("next");
                offset = reply.getLong("offset");
            } while (offset > 0);
            ready = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
            return true;
        }

        @Override
        public void close() {}
    }
}
