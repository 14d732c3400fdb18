/** Tests across modules with real clients and real processes: what is acknowledged stays, whatever dies. */
@NullMarked
package dev.offshoot.it;

import org.jspecify.annotations.NullMarked;
