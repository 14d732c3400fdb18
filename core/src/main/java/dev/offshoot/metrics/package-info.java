/**
 * What is measured: the names and units of all figures, one small class a concern. It must not know what it measures: others call it with
 * plain numbers. The table of names is in {@code docs/operations.md}.
 */
@NullMarked
package dev.offshoot.metrics;

import org.jspecify.annotations.NullMarked;
