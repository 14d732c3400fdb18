package dev.offshoot.archive;

import dev.offshoot.store.PageId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Ships the pages of one checkpoint that an archive does not have, and tells where all of them are. Not thread safe. */
final class PagesOfCheckpoint {
    private static final int ASK_PAGES = 256;

    private final ProjectSource source;
    private final ShippedPages shipped;
    private final long packBytes;
    private final BiConsumer<String, byte[]> put;
    private final SortedMap<Integer, BitSet> needs = new TreeMap<>();
    private final List<PageId> missing = new ArrayList<>();
    private final List<PagePack.Page> pack = new ArrayList<>();
    private long packLength;
    private long count;

    /** @param put writes an object */
    PagesOfCheckpoint(ProjectSource source, ShippedPages shipped, long packBytes, BiConsumer<String, byte[]> put) {
        this.source = source;
        this.shipped = shipped;
        this.packBytes = packBytes;
        this.put = put;
    }

    /** Answers which pages of which packs the checkpoint needs. */
    SortedMap<Integer, BitSet> ship(long lsn) {
        source.pages(lsn, this::take);
        fetch();
        flush();
        return needs;
    }

    /** How many pages were written. */
    long shipped() {
        return count;
    }

    private void take(PageId id) {
        ShippedPages.Place place = shipped.find(id);
        if (place != null) {
            need(place.pack(), place.index());
            return;
        }
        missing.add(id);
        if (missing.size() == ASK_PAGES) {
            fetch();
        }
    }

    private void need(int packNumber, int index) {
        needs.computeIfAbsent(packNumber, number -> new BitSet()).set(index);
    }

    private void fetch() {
        int done = 0;
        while (done < missing.size()) {
            List<PageId> asked = missing.subList(done, missing.size());
            List<byte[]> found = source.read(asked);
            for (int i = 0; i < found.size(); i++) {
                add(new PagePack.Page(asked.get(i), found.get(i)));
            }
            done += found.size();
        }
        missing.clear();
    }

    private void add(PagePack.Page page) {
        if (!pack.isEmpty() && packLength + page.length() > packBytes) {
            flush();
        }
        need(shipped.next().number(), pack.size());
        pack.add(page);
        packLength += page.length();
    }

    private void flush() {
        if (pack.isEmpty()) {
            return;
        }
        PagePack next = shipped.next();
        put.accept(next.name(source.project()), next.seal(pack));
        put.accept(next.tableName(source.project()), next.sealTable(pack));
        shipped.add(pack.stream().map(PagePack.Page::id).toList());
        count += pack.size();
        pack.clear();
        packLength = 0;
    }
}
