package dev.offshoot.archive;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What somebody sees of a store of objects while another one does something to it, before his n-th request. */
public final class BesideBlobs implements BlobStore {
    private final BlobStore blobs;
    private final Runnable other;
    private long left;

    /** @param n from 1 */
    public BesideBlobs(BlobStore blobs, long n, Runnable other) {
        this.blobs = blobs;
        this.left = n;
        this.other = other;
    }

    /** Whether the other one did what he does. */
    public boolean done() {
        return left <= 0;
    }

    private BlobStore next() {
        if (--left == 0) {
            other.run();
        }
        return blobs;
    }

    @Override
    public void put(String name, byte[] bytes) {
        next().put(name, bytes);
    }

    @Override
    public byte @Nullable [] get(String name) {
        return next().get(name);
    }

    @Override
    public SortedMap<String, Long> sizes(String prefix) {
        return next().sizes(prefix);
    }

    @Override
    public void delete(String name) {
        next().delete(name);
    }

    @Override
    public String describe() {
        return blobs.describe();
    }

    @Override
    public void close() {}
}
