package dev.offshoot.store.file;

import dev.offshoot.store.PageId;

/**
 * Where each page lies and what its mark is: a hash table with open addressing in arrays, 36 bytes a slot, at most three quarters of them in
 * use, no object a page. It keeps half of an id; the frame has all of it. Not thread safe.
 */
final class PageTable {
    private static final int SLOTS_MIN = 64;

    private long[] firsts;
    private long[] seconds;
    private long[] marks;
    private int[] packs;
    private int[] offsets;
    private int[] lengths;
    private int size;

    PageTable() {
        firsts = new long[SLOTS_MIN];
        seconds = new long[SLOTS_MIN];
        marks = new long[SLOTS_MIN];
        packs = new int[SLOTS_MIN];
        offsets = new int[SLOTS_MIN];
        lengths = new int[SLOTS_MIN];
    }

    /** Shares the arrays of another. */
    private PageTable(PageTable other) {
        firsts = other.firsts;
        seconds = other.seconds;
        marks = other.marks;
        packs = other.packs;
        offsets = other.offsets;
        lengths = other.lengths;
        size = other.size;
    }

    int size() {
        return size;
    }

    /** How many slots there are; a slot is in use when {@link #pack} is not 0. */
    int slots() {
        return packs.length;
    }

    /** The slot of a page, or -1. */
    int find(PageId id) {
        int slot = probe(id.first(), id.second());
        return packs[slot] == 0 ? -1 : slot;
    }

    /** The slot of a page; when it is not there a new one, with pack 0 until {@link #set}, which has to follow. */
    int findOrAdd(long first, long second) {
        int slot = probe(first, second);
        if (packs[slot] != 0) {
            return slot;
        }
        if ((size + 1) * 4L > packs.length * 3L) {
            grow(2 * packs.length);
            slot = probe(first, second);
        }
        firsts[slot] = first;
        seconds[slot] = second;
        size++;
        return slot;
    }

    void set(int slot, int pack, int offset, int length) {
        packs[slot] = pack;
        offsets[slot] = offset;
        lengths[slot] = length;
    }

    void mark(int slot, long mark) {
        marks[slot] = mark;
    }

    long mark(int slot) {
        return marks[slot];
    }

    int pack(int slot) {
        return packs[slot];
    }

    int length(int slot) {
        return lengths[slot];
    }

    PageLocation location(int slot) {
        return new PageLocation(packs[slot], offsets[slot], lengths[slot]);
    }

    boolean isAt(int slot, PageLocation location) {
        return packs[slot] == location.pack() && offsets[slot] == location.offset();
    }

    /** Makes room for so many pages more. */
    void reserve(int pages) {
        long needed = (size + (long) pages) * 4 / 3 + 1;
        int slots = packs.length;
        while (slots < needed) {
            slots *= 2;
        }
        if (slots > packs.length) {
            grow(slots);
        }
    }

    /** Frees a slot, and moves those behind it that would no longer be found. */
    void remove(int slot) {
        int mask = packs.length - 1;
        int hole = slot;
        for (int next = (hole + 1) & mask; packs[next] != 0; next = (next + 1) & mask) {
            int home = home(firsts[next], mask);
            if (((next - home) & mask) >= ((next - hole) & mask)) {
                copy(next, hole);
                hole = next;
            }
        }
        packs[hole] = 0;
        size--;
    }

    /** Removes all pages of a pack. */
    void removePack(int pack) {
        rebuild(packs.length, pack);
    }

    private void grow(int slots) {
        rebuild(slots, 0);
    }

    private void rebuild(int slots, int withoutPack) {
        PageTable old = new PageTable(this);
        allocate(slots);
        size = 0;
        for (int i = 0; i < old.packs.length; i++) {
            if (old.packs[i] != 0 && old.packs[i] != withoutPack) {
                int slot = probe(old.firsts[i], old.seconds[i]);
                firsts[slot] = old.firsts[i];
                seconds[slot] = old.seconds[i];
                marks[slot] = old.marks[i];
                set(slot, old.packs[i], old.offsets[i], old.lengths[i]);
                size++;
            }
        }
    }

    private void allocate(int slots) {
        firsts = new long[slots];
        seconds = new long[slots];
        marks = new long[slots];
        packs = new int[slots];
        offsets = new int[slots];
        lengths = new int[slots];
    }

    private void copy(int from, int to) {
        firsts[to] = firsts[from];
        seconds[to] = seconds[from];
        marks[to] = marks[from];
        set(to, packs[from], offsets[from], lengths[from]);
    }

    /** The slot that holds these numbers, or the free one where they would go. */
    private int probe(long first, long second) {
        int mask = packs.length - 1;
        int slot = home(first, mask);
        while (packs[slot] != 0 && (firsts[slot] != first || seconds[slot] != second)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Ids are hashes, so any of their bits will do. */
    private static int home(long first, int mask) {
        return (int) first & mask;
    }
}
