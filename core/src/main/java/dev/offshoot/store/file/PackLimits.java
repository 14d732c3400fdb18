package dev.offshoot.store.file;

/**
 * How large packs become.
 *
 * @param bytesMax a pack that has reached this many bytes is finished
 * @param pagesMax a pack that has this many pages is finished, so that its index fits in memory
 * @param smallBytes a pack below this size is small
 * @param smallMax with more small packs than this, a sweep merges them
 */
record PackLimits(long bytesMax, int pagesMax, long smallBytes, int smallMax) {
    static final PackLimits DEFAULTS = new PackLimits(256L << 20, 100_000, 8L << 20, 16);
}
