package dev.offshoot.archive;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The packs of an archive, and which pages of them some checkpoints need. Not thread safe. */
final class Packs {
    private final BlobStore blobs;
    private final String project;
    private final SortedMap<Integer, BitSet> needs;
    private final SortedSet<Integer> packs = new TreeSet<>();
    private final SortedSet<Integer> tables = new TreeSet<>();
    private final SortedSet<Integer> sparse = new TreeSet<>();
    private final Set<PageId> wanted = new HashSet<>();
    private long largest;

    /** @param checkpoints all that count */
    Packs(BlobStore blobs, String project, Collection<CheckpointObject> checkpoints) {
        this.blobs = blobs;
        this.project = project;
        this.needs = CheckpointObject.needs(checkpoints);
        for (String name : blobs.list(PagePack.folder(project))) {
            int number = PagePack.numberOf(project, name);
            if (number > 0) {
                (name.equals(new PagePack(number).tableName(project)) ? tables : packs).add(number);
            }
        }
    }

    /**
     * Reads packs to find those of whose bytes half or more is of no use.
     *
     * @param surely packs to read in any case
     * @throws CorruptionException when one is damaged, or holds less than is needed of it
     */
    void findSparse(Set<Integer> surely) {
        for (Map.Entry<Integer, BitSet> need : needs.entrySet()) {
            int number = need.getKey();
            if (surely.contains(number) || !isNeededWhole(number, need.getValue())) {
                look(number, need.getValue());
            }
        }
    }

    private boolean isNeededWhole(int number, BitSet needed) {
        return tables.contains(number) && table(number).size() == needed.cardinality();
    }

    private void look(int number, BitSet needed) {
        List<PagePack.Page> pages = pages(number);
        long length = 0;
        long use = 0;
        for (int i = 0; i < pages.size(); i++) {
            length += pages.get(i).length();
            use += needed.get(i) ? pages.get(i).length() : 0;
        }
        if (use <= length / 2) {
            sparse.add(number);
            largest = Math.max(largest, length);
            needed.stream().forEach(i -> wanted.add(pages.get(i).id()));
        }
    }

    /** The pages of a pack that is needed. */
    List<PagePack.Page> pages(int number) {
        PagePack pack = new PagePack(number);
        List<PagePack.Page> pages = pack.open(project, need(pack.name(project)));
        int least = needed(number).length();
        if (least > pages.size()) {
            throw Sealed.damaged(pack.name(project), "expected " + least + " pages or more, found " + pages.size());
        }
        return pages;
    }

    private List<PageId> table(int number) {
        PagePack pack = new PagePack(number);
        return pack.openTable(project, need(pack.tableName(project)));
    }

    private byte[] need(String name) {
        byte[] bytes = blobs.get(name);
        if (bytes == null) {
            throw Sealed.damaged(name, "expected an object, found nothing");
        }
        return bytes;
    }

    /** Which pages of a pack are needed. */
    BitSet needed(int number) {
        return needs.getOrDefault(number, new BitSet());
    }

    /** The packs that were found to be of little use. */
    SortedSet<Integer> sparse() {
        return sparse;
    }

    /** What the pages of the largest of them take in a pack, bytes. */
    long largest() {
        return largest;
    }

    /** A number that no pack had. */
    int nextNumber() {
        return 1 + Math.max(packs.isEmpty() ? 0 : packs.last(), tables.isEmpty() ? 0 : tables.last());
    }

    /** Which of the pages that are needed of sparse packs are in a pack that stays too, as a crash may have left it. */
    Map<PageId, ShippedPages.Place> elsewhere() {
        Map<PageId, ShippedPages.Place> places = new TreeMap<>();
        for (int number : needs.keySet()) {
            if (!sparse.contains(number) && tables.contains(number)) {
                List<PageId> ids = table(number);
                for (int i = 0; i < ids.size(); i++) {
                    if (wanted.contains(ids.get(i))) {
                        places.putIfAbsent(ids.get(i), new ShippedPages.Place(number, i));
                    }
                }
            }
        }
        return places;
    }

    /** Packs that are there and not needed, or sparse. */
    SortedSet<Integer> goingPacks() {
        return going(packs);
    }

    /** The same of tables; a crash may have left one of the two. */
    SortedSet<Integer> goingTables() {
        return going(tables);
    }

    private SortedSet<Integer> going(SortedSet<Integer> there) {
        SortedSet<Integer> going = new TreeSet<>(there);
        going.removeIf(number -> needs.containsKey(number) && !sparse.contains(number));
        return going;
    }

    /** How many pages a pack has that is not needed; 0 when that cannot be read: what goes need not be whole. */
    int countPages(int number) {
        PagePack pack = new PagePack(number);
        try {
            byte @Nullable [] table = tables.contains(number) ? blobs.get(pack.tableName(project)) : null;
            return table == null
                    ? pack.open(project, need(pack.name(project))).size()
                    : pack.openTable(project, table).size();
        } catch (CorruptionException e) {
            return 0;
        }
    }
}
