package dev.offshoot.archive;

import dev.offshoot.store.PageId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Writes what is needed of sparse packs into new ones, each with its table, and tells checkpoints where their pages are then. A new pack is at
 * most as large as the largest that it stands in for. Not thread safe.
 */
final class Repacking {
    private final Packs packs;
    private final String project;
    private final BiConsumer<String, byte[]> put;
    private final Map<PageId, ShippedPages.Place> places;

    /** Where pages of the sparse packs are now. */
    private final Map<ShippedPages.Place, ShippedPages.Place> moved = new HashMap<>();

    private final List<PagePack.Page> pack = new ArrayList<>();
    private long packLength;
    private int next;
    private int written;
    private long pages;

    /** @param put writes an object */
    Repacking(Packs packs, String project, BiConsumer<String, byte[]> put) {
        this.packs = packs;
        this.project = project;
        this.put = put;
        this.places = packs.elsewhere();
        this.next = packs.nextNumber();
    }

    void run() {
        for (int number : packs.sparse()) {
            List<PagePack.Page> from = packs.pages(number);
            BitSet needed = packs.needed(number);
            for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
                moved.put(new ShippedPages.Place(number, i), place(from.get(i)));
            }
        }
        flush();
    }

    private ShippedPages.Place place(PagePack.Page page) {
        ShippedPages.Place known = places.get(page.id());
        if (known != null) {
            return known;
        }
        if (!pack.isEmpty() && packLength + page.length() > packs.largest()) {
            flush();
        }
        ShippedPages.Place place = new ShippedPages.Place(next, pack.size());
        places.put(page.id(), place);
        pack.add(page);
        packLength += page.length();
        return place;
    }

    private void flush() {
        if (pack.isEmpty()) {
            return;
        }
        PagePack to = new PagePack(next++);
        put.accept(to.name(project), to.seal(pack));
        put.accept(to.tableName(project), to.sealTable(pack));
        written++;
        pages += pack.size();
        pack.clear();
        packLength = 0;
    }

    /** The checkpoint with its pages where they are now. */
    CheckpointObject moved(CheckpointObject checkpoint) {
        SortedMap<Integer, BitSet> needs = new TreeMap<>();
        checkpoint.needs().forEach((number, pages) -> {
            if (!packs.sparse().contains(number)) {
                needs.computeIfAbsent(number, pack -> new BitSet()).or(pages);
                return;
            }
            pages.stream().forEach(i -> {
                ShippedPages.Place place = moved.get(new ShippedPages.Place(number, i));
                if (place == null) {
                    throw new AssertionError("page " + i + " of pack " + number + " was not moved");
                }
                needs.computeIfAbsent(place.pack(), pack -> new BitSet()).set(place.index());
            });
        });
        return new CheckpointObject(checkpoint.lsn(), checkpoint.manifest(), needs);
    }

    /** How many packs were written. */
    int written() {
        return written;
    }

    /** How many pages are in them. */
    long pages() {
        return pages;
    }
}
