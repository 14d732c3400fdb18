package dev.offshoot.archive;

/**
 * How large the objects of an archive become; shipping needs a few times as much memory.
 *
 * @param segmentBytes of records, before compression; a larger record has an object of its own
 * @param packBytes of pages
 */
public record ShippingLimits(int segmentBytes, int packBytes) {
    /** 8 MiB each. */
    public static final ShippingLimits DEFAULT = new ShippingLimits(8 << 20, 8 << 20);

    public ShippingLimits {
        if (segmentBytes < 1 || packBytes < 1) {
            throw new IllegalArgumentException("sizes are 1 or more, not " + segmentBytes + " and " + packBytes);
        }
    }
}
