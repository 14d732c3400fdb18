/**
 * The command line: one picocli class per verb. A verb talks to a running server or to a store that it opens itself, in both
 * cases through the official driver, so that there is one way of doing things. It must not know the log, trees or query
 * operators, and holds no semantics of its own: what a branch is, the engine says.
 */
@NullMarked
package dev.offshoot.cli;

import org.jspecify.annotations.NullMarked;
