/**
 * The use cases: clients, sessions, cursors, one handler class per command; order, time, identity and errors. It must not know
 * sockets or frames: both doors call {@link dev.offshoot.engine.Engine#run}.
 */
@NullMarked
package dev.offshoot.engine;

import org.jspecify.annotations.NullMarked;
