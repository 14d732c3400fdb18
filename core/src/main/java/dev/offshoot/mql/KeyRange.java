package dev.offshoot.mql;

import org.jspecify.annotations.Nullable;

/** A range of bytes in unsigned order: {@code from} is in it, {@code to} is not; null means without end. */
public record KeyRange(byte[] from, byte @Nullable [] to) {}
