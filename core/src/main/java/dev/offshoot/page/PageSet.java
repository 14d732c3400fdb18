package dev.offshoot.page;

import dev.offshoot.store.PageId;

/**
 * A set of pages that takes 32 to 64 bytes for each. Only the first half of an id is kept: two pages that agree in it are taken for
 * one, which happens to one pair in 2^128. Not thread safe.
 */
public final class PageSet {
    private static final int FIRST_SLOTS = 1024;

    /** Two numbers a slot; both 0 for a free one. */
    private long[] slots = new long[2 * FIRST_SLOTS];

    private int size;

    /** Adds a page; says whether it was not there. */
    public boolean add(PageId id) {
        if (2 * size >= slots.length / 2) {
            grow();
        }
        int at = slot(slots, id.first(), id.second());
        if (isUsed(slots, at)) {
            return false;
        }
        slots[at] = id.first();
        slots[at + 1] = id.second();
        size++;
        return true;
    }

    public boolean contains(PageId id) {
        return isUsed(slots, slot(slots, id.first(), id.second()));
    }

    public int size() {
        return size;
    }

    private void grow() {
        long[] wider = new long[2 * slots.length];
        for (int i = 0; i < slots.length; i += 2) {
            if (isUsed(slots, i)) {
                int at = slot(wider, slots[i], slots[i + 1]);
                wider[at] = slots[i];
                wider[at + 1] = slots[i + 1];
            }
        }
        slots = wider;
    }

    private static boolean isUsed(long[] slots, int at) {
        return slots[at] != 0 || slots[at + 1] != 0;
    }

    /** The slot that holds the id, or the free one where it belongs. */
    private static int slot(long[] slots, long first, long second) {
        int mask = slots.length - 1;
        int at = (int) (first ^ first >>> 32) * 2 & mask;
        while (isUsed(slots, at) && (slots[at] != first || slots[at + 1] != second)) {
            at = at + 2 & mask;
        }
        return at;
    }
}
