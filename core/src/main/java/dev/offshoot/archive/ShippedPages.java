package dev.offshoot.archive;

import dev.offshoot.store.PageId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where an archive has which pages. Takes about 100 bytes of memory for each page. Not thread safe. */
final class ShippedPages {
    private final Map<PageId, Place> places = new HashMap<>();
    private int packs;

    /**
     * @param pack the number of its pack, from 1
     * @param index which of the pack's pages it is, from 0
     */
    record Place(int pack, int index) {}

    /** Reads the tables of an archive's packs. */
    static ShippedPages read(BlobStore blobs, String project) {
        ShippedPages pages = new ShippedPages();
        TreeSet<Integer> numbers = new TreeSet<>(); // trimming may have left gaps
        for (String name : blobs.list(PagePack.folder(project))) {
            int number = PagePack.numberOf(project, name);
            if (number > 0 && name.equals(new PagePack(number).tableName(project))) {
                numbers.add(number);
            }
        }
        for (int number : numbers) {
            PagePack pack = new PagePack(number);
            byte[] table = blobs.get(pack.tableName(project));
            if (table == null) {
                throw Sealed.damaged(pack.tableName(project), "expected a table of pages, found nothing");
            }
            pages.packs = number - 1;
            pages.add(pack.openTable(project, table));
        }
        return pages;
    }

    /** The pack to write next. */
    PagePack next() {
        return new PagePack(packs + 1);
    }

    /** Takes up the pages of the next pack, which is there now. */
    void add(List<PageId> ids) {
        packs++;
        for (int i = 0; i < ids.size(); i++) {
            places.putIfAbsent(ids.get(i), new Place(packs, i));
        }
    }

    @Nullable
    Place find(PageId id) {
        return places.get(id);
    }
}
