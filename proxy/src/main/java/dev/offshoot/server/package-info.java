/** The TCP door: sockets and threads, nothing else. It must not know what a message holds. */
@NullMarked
package dev.offshoot.server;

import org.jspecify.annotations.NullMarked;
