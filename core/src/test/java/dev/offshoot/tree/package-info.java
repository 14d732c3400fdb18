/** Tests of the tree: random programs against sorted maps, with small fan-outs so that all shapes come up. */
@NullMarked
package dev.offshoot.tree;

import org.jspecify.annotations.NullMarked;
