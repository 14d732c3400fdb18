package dev.offshoot.archive;

import dev.offshoot.store.PageId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What of an archive's packs its checkpoints need. */
public record PackUse(long neededBytes, long bytes, List<PageId> neededIds) {
    /** Of each pack that some checkpoint needs. */
    public static List<PackUse> of(BlobStore blobs, String project) {
        List<CheckpointObject> checkpoints = Archive.read(blobs, project).checkpoints().stream()
                .map(lsn -> CheckpointObject.open(project, lsn, blobs.get(CheckpointObject.name(project, lsn))))
                .toList();
        List<PackUse> uses = new ArrayList<>();
        for (Map.Entry<Integer, BitSet> need :
                CheckpointObject.needs(checkpoints).entrySet()) {
            PagePack pack = new PagePack(need.getKey());
            List<PagePack.Page> pages = pack.open(project, Objects.requireNonNull(blobs.get(pack.name(project))));
            List<PageId> ids =
                    need.getValue().stream().mapToObj(i -> pages.get(i).id()).toList();
            long needed = need.getValue().stream()
                    .mapToLong(i -> pages.get(i).length())
                    .sum();
            uses.add(new PackUse(
                    needed, pages.stream().mapToLong(PagePack.Page::length).sum(), ids));
        }
        return uses;
    }
}
