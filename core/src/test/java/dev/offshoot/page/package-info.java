/** Tests of the fold, and what checks it: the same log told by plain maps. */
@NullMarked
package dev.offshoot.page;

import org.jspecify.annotations.NullMarked;
