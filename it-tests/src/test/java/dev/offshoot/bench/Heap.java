package dev.offshoot.bench;

import java.lang.management.ManagementFactory;

/** What the heap holds. */
final class Heap {
    private static final int COLLECTIONS_MAX = 10;
    private static final long SETTLED_BYTES = 32 << 10;

    private Heap() {}

    /** Bytes that are left after collections that no longer find anything. */
    static double usedBytes() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS_MAX; i++) {
            System.gc();
            long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            if (used - now < SETTLED_BYTES) {
                return now;
            }
            used = now;
        }
        return used;
    }
}
