package dev.offshoot.archive;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Named bytes: where archives lie. Not thread safe. */
public interface BlobStore extends AutoCloseable {
    /**
     * Keeps bytes under a name, durably and whole or not at all; what was there under the name is replaced.
     *
     * @param name parts separated by {@code /}, none of them empty, {@code .} or {@code ..}
     * @throws dev.offshoot.store.StoreException when that failed; then what is there is as it was, or the new bytes
     */
    void put(String name, byte[] bytes);

    /**
     * The bytes under a name, or null when there are none.
     *
     * @throws dev.offshoot.store.StoreException when they cannot be read
     */
    byte @Nullable [] get(String name);

    /**
     * The names that begin with a prefix, ascending, and how many bytes are under each.
     *
     * @throws dev.offshoot.store.StoreException when they cannot be read
     */
    SortedMap<String, Long> sizes(String prefix);

    /**
     * The names that begin with a prefix, ascending.
     *
     * @throws dev.offshoot.store.StoreException when they cannot be read
     */
    default List<String> list(String prefix) {
        return List.copyOf(sizes(prefix).keySet());
    }

    /**
     * Removes what is under a name, durably. Nothing when there is nothing.
     *
     * @throws dev.offshoot.store.StoreException when that failed, or where nothing can be removed
     */
    void delete(String name);

    /** What a person needs to know to find it, without secrets. */
    String describe();

    @Override
    void close();
}
