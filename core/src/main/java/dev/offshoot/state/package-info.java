/**
 * What a log means: the one fold that turns changes into catalogs and snapshots, live, at a restart and for past positions; the
 * write path of a project. It must not know commands, cursors or sockets.
 */
@NullMarked
package dev.offshoot.state;

import org.jspecify.annotations.NullMarked;
