/**
 * A store that is a MongoDB: a record is a document whose {@code _id} is its position, so the unique index decides who wins
 * it. Any number of processes share it. It knows the driver, write concerns and what a failed insert proves; it does not
 * know what is inside a record.
 */
@NullMarked
package dev.offshoot.store.mongo;

import org.jspecify.annotations.NullMarked;
