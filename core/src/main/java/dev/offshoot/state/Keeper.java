package dev.offshoot.state;

import dev.offshoot.tree.Tree;

/** Puts what a large fold has made so far where memory does not have to hold it. */
interface Keeper {
    /** Memory holds everything. */
    Keeper NONE = tree -> tree;

    /** The same tree, with as little of it in memory as may be. */
    Tree<byte[]> keep(Tree<byte[]> tree);
}
