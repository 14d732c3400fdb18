package dev.offshoot.page;

import dev.offshoot.store.PageId;

/**
 * Where a node is stored.
 *
 * @param id its page
 * @param slot its place among the nodes of the page, from 0
 * @param spread whether the node names further pages, which hold long values
 */
record PageAddress(PageId id, int slot, boolean spread) {
    @Override
    public String toString() {
        return id + "/" + slot;
    }
}
