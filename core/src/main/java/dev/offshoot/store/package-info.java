/**
 * Where bytes live: the small interface of a store and what every store promises. A store keeps records in order and
 * decides which writer wins a position; it does not know what is inside a record.
 */
@NullMarked
package dev.offshoot.store;

import org.jspecify.annotations.NullMarked;
