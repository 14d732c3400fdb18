package dev.offshoot.store;

/**
 * A document of a readable view.
 *
 * @param collection {@code wal_branches} or {@code wal_projects}
 * @param id the document's {@code _id}
 * @param lsn orders versions of this document; the stored document keeps it in the field {@code lsn}
 * @param document raw BSON of the other fields, without {@code _id} and {@code lsn}
 */
public record View(String collection, String id, long lsn, byte[] document) {}
