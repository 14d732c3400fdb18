/**
 * MongoDB's wire protocol: cut a stream into messages, check them, hand commands to the engine, frame the replies. Everything
 * that comes from outside is checked here before anything walks it. It must not know sockets, threads or what a command means.
 */
@NullMarked
package dev.offshoot.wire;

import org.jspecify.annotations.NullMarked;
