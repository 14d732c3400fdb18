/**
 * The benchmark: every number of the project as a ratio against a baseline of the same run. It may use all modules; nothing may use
 * it, and no test asserts a time.
 */
@NullMarked
package dev.offshoot.bench;

import org.jspecify.annotations.NullMarked;
