/** The TCP door and the door for operators: sockets and threads, nothing else. It must not know what a message or a figure means. */
@NullMarked
package dev.offshoot.server;

import org.jspecify.annotations.NullMarked;
