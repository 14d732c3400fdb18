package dev.offshoot.state;

import dev.offshoot.page.Pages;
import dev.offshoot.page.ValueFormat;

/** An id in a page: eight bytes, high ones first. */
final class NumberFormat implements ValueFormat<Long> {
    static final NumberFormat FORMAT = new NumberFormat();

    private NumberFormat() {}

    @Override
    public int code() {
        return 3;
    }

    @Override
    public byte[] write(Long value, Pages pages) {
        return RecordId.key(value);
    }

    @Override
    public Long read(byte[] bytes, Pages pages) {
        return RecordId.of(bytes);
    }
}
