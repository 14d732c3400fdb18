/**
 * What a mask does to documents: which fields it hides, what stands there instead, and how what is written through it finds back to the
 * values that it hides. Pure. It must not know what a branch, a collection or an index is.
 */
@NullMarked
package dev.offshoot.mask;

import org.jspecify.annotations.NullMarked;
