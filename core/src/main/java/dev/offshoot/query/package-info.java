/**
 * Finds the documents of a collection that match a filter: which index serves, how it is walked, and what that took. It knows the
 * state of one collection at one position; it must not know commands, cursors, clocks, or how answers are shaped.
 */
@NullMarked
package dev.offshoot.query;

import org.jspecify.annotations.NullMarked;
