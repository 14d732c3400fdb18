/**
 * The wrapped driver: the official {@code MongoClient} on an in-memory socket, with the engine in the same JVM (decision 14). Only
 * public API of the driver is used. It must not know what a command means: the engine does, for both doors.
 */
@NullMarked
package dev.offshoot.driver;

import org.jspecify.annotations.NullMarked;
