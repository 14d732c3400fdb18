/**
 * MongoDB's query language: filter, update, projection, sort, expression, pipeline, index keys. Pure and compiled: no clock,
 * no chance, no storage. It must not know what a branch, a collection or a session is.
 */
@NullMarked
package dev.offshoot.mql;

import org.jspecify.annotations.NullMarked;
