package dev.offshoot.store.file;

import dev.offshoot.store.PageId;
import dev.offshoot.store.PageStore.Amount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which packs there are, and where each page lies. Thread safe; no call touches a file. */
final class PageIndex {
    private final PageTable table = new PageTable();
    private final Map<Integer, Pack> packs = new TreeMap<>();
    private long bytes;

    synchronized void addPack(Pack pack) {
        packs.put(pack.number(), pack);
    }

    /** Takes a pack for finished, whose frames take so many bytes. */
    synchronized void finish(Pack pack, long frameBytes) {
        pack.finish(frameBytes, false);
    }

    /** Takes a pack for finished that is not as it was written. */
    synchronized void finishDamaged(Pack pack, long frameBytes) {
        pack.finish(frameBytes, true);
    }

    synchronized @Nullable Pack pack(int number) {
        return packs.get(number);
    }

    /** The packs that are finished, the oldest first. */
    synchronized List<Pack> finished() {
        List<Pack> all = new ArrayList<>(packs.values());
        all.removeIf(pack -> !pack.isFinished());
        return all;
    }

    /** How many pages are found in a pack, and the bytes of their frames. */
    synchronized Amount live(Pack pack) {
        return new Amount(pack.livePages(), pack.liveBytes());
    }

    synchronized Amount amount() {
        return new Amount(table.size(), bytes);
    }

    synchronized @Nullable PageLocation find(PageId id) {
        int slot = table.find(id);
        return slot < 0 ? null : table.location(slot);
    }

    synchronized boolean has(PageId id) {
        return table.find(id) >= 0;
    }

    /** Whether a page is found at this place. */
    synchronized boolean isAt(PageId id, PageLocation location) {
        int slot = table.find(id);
        return slot >= 0 && table.isAt(slot, location);
    }

    /** Sets the mark of a page, if it is there. Marks never go back. */
    synchronized boolean renew(PageId id, long mark) {
        int slot = table.find(id);
        if (slot >= 0) {
            table.mark(slot, Math.max(mark, table.mark(slot)));
        }
        return slot >= 0;
    }

    /** Adds a page, which from now on is found there. */
    synchronized void add(PageId id, PageLocation location, long mark) {
        add(id.first(), id.second(), location.pack(), location.offset(), location.length(), mark);
    }

    /** Adds the pages of a pack's index, all with one mark. */
    synchronized void addAll(Pack pack, byte[] index, int count, long mark) {
        table.reserve(count);
        for (int entry = 0; entry < count; entry++) {
            add(
                    PackFormat.firstOf(index, entry),
                    PackFormat.secondOf(index, entry),
                    pack.number(),
                    (int) PackFormat.offsetOf(index, entry),
                    PackFormat.lengthOf(index, entry),
                    mark);
        }
    }

    /** Lets a page be found at another place, if it still is at the one it was read from. */
    synchronized void move(PageId id, PageLocation from, PageLocation to) {
        int slot = table.find(id);
        if (slot >= 0 && table.isAt(slot, from)) {
            place(slot, to.pack(), to.offset(), to.length());
        }
    }

    /** The mark of a page at this place, or -1 when it is not there. */
    synchronized long mark(PageId id, PageLocation location) {
        int slot = table.find(id);
        return slot >= 0 && table.isAt(slot, location) ? table.mark(slot) : -1;
    }

    /** Forgets a page, if it is at this place and its mark is older than a time. */
    synchronized boolean removeIfOlder(PageId id, PageLocation location, long markedBefore) {
        int slot = table.find(id);
        if (slot < 0 || !table.isAt(slot, location) || table.mark(slot) >= markedBefore) {
            return false;
        }
        lose(slot);
        table.remove(slot);
        return true;
    }

    /** Forgets a pack and the pages in it. */
    synchronized void removePack(Pack pack) {
        if (packs.remove(pack.number()) != null && pack.livePages() > 0) {
            bytes -= pack.liveBytes();
            table.removePack(pack.number());
        }
    }

    private void add(long first, long second, int pack, int offset, int length, long mark) {
        int slot = table.findOrAdd(first, second);
        table.mark(slot, table.pack(slot) == 0 ? mark : Math.max(mark, table.mark(slot)));
        place(slot, pack, offset, length);
    }

    private void place(int slot, int number, int offset, int length) {
        Pack pack = packs.get(number);
        if (pack == null) {
            throw new AssertionError("pack " + number + " is not known");
        }
        if (table.pack(slot) != 0) {
            lose(slot);
        }
        table.set(slot, number, offset, length);
        pack.gain(length);
        bytes += PackFormat.frameBytes(length);
    }

    private void lose(int slot) {
        int length = table.length(slot);
        Pack pack = packs.get(table.pack(slot));
        if (pack == null) {
            throw new AssertionError("pack " + table.pack(slot) + " is not known");
        }
        pack.lose(length);
        bytes -= PackFormat.frameBytes(length);
    }
}
