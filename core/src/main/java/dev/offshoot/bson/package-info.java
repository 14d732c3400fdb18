/**
 * Raw BSON: walk, view, build, compare and turn into order-preserving keys, without decoding. It knows the format of
 * {@code bsonspec.org} and MongoDB's comparison order, and nothing of Offshoot.
 */
@NullMarked
package dev.offshoot.bson;

import org.jspecify.annotations.NullMarked;
