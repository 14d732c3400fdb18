package dev.offshoot.engine;

import dev.offshoot.archive.ProjectSource;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.store.PageId;
import java.io.ByteArrayOutputStream;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * <code>{walManifest: 1, lsn: LSN, skip: n}</code>: a checkpoint as it is stored, and the ids of the pages it needs, 32 bytes each, from the
 * n-th on, some MiB at a time. No {@code manifest} when there is no such checkpoint; no {@code pages} behind the last.
 */
final class WalManifest implements Command {
    private static final int REPLY_BYTES_MAX = 8 << 20;

    @Override
    public String name() {
        return "walManifest";
    }

    @Override
    public String help() {
        return "hands out a checkpoint of a project and the ids of its pages, for an archive";
    }

    @Override
    public Set<String> fields() {
        return Set.of("lsn", "skip");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        ProjectSource source = call.existingProject().content();
        long lsn = call.number("lsn", 0);
        long skip = call.number("skip", 0);
        byte[] manifest = lsn < 1 ? null : source.manifest(lsn);
        if (manifest == null) {
            return;
        }
        AtomicLong seen = new AtomicLong();
        ByteArrayOutputStream ids = new ByteArrayOutputStream();
        source.pages(lsn, id -> {
            if (seen.getAndIncrement() >= skip && ids.size() + PageId.BYTES <= REPLY_BYTES_MAX) {
                ids.write(id.toBytes(), 0, PageId.BYTES);
            }
        });
        reply.append("manifest", Value.binary(manifest)).append("pages", Value.binary(ids.toByteArray()));
    }
}
