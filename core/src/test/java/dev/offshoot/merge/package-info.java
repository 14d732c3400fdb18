/** Tests of differences and merges: tables of cases, and properties of random documents and edits. */
@NullMarked
package dev.offshoot.merge;

import org.jspecify.annotations.NullMarked;
