package dev.offshoot.merge;

import org.jspecify.annotations.Nullable;

/** What the base and both sides have of something; null where that is nothing. */
public record Versions<T>(
        @Nullable T base, @Nullable T ours, @Nullable T theirs) {}
