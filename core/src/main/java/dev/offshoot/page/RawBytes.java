package dev.offshoot.page;

/** Values that are bytes already: documents, entries of indexes. */
public final class RawBytes implements ValueFormat<byte[]> {
    public static final RawBytes FORMAT = new RawBytes();

    private RawBytes() {}

    @Override
    public int code() {
        return 1;
    }

    @Override
    public byte[] write(byte[] value, Pages pages) {
        return value;
    }

    @Override
    public byte[] read(byte[] bytes, Pages pages) {
        return bytes;
    }
}
