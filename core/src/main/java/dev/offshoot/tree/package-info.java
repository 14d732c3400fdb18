/**
 * The ordered map that snapshots are made of: a persistent copy-on-write B+tree over byte keys, whose nodes may live in
 * memory or in pages. It knows nothing of documents, branches, logs or files: values are opaque, and pages are read and
 * written by its caller through {@link dev.offshoot.tree.NodeSource} and {@link dev.offshoot.tree.NodeSink}. It uses no
 * other package of ours.
 */
@NullMarked
package dev.offshoot.tree;

import org.jspecify.annotations.NullMarked;
