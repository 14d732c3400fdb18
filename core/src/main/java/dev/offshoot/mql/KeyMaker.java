package dev.offshoot.mql;

/** A way to make index keys of documents; one for each family of indexes. Immutable, safe for any number of threads. */
sealed interface KeyMaker permits PathKeys, WildcardKeys, GeoKeys, TextKeys {
    /**
     * The keys of the document at this offset.
     *
     * @throws CommandException where the index cannot hold it
     */
    IndexKeys.Keys keys(byte[] bytes, int offset);

    /** Whether two documents certainly have the same keys, as the fields that these are made of are the same byte for byte. */
    default boolean hasSameFields(byte[] before, byte[] after) {
        return false;
    }
}
