package dev.offshoot.query;

import dev.offshoot.bson.Doc;

/** The {@code min} (inclusive) and {@code max} (exclusive) of a {@code find}, as keys of the hinted index; an empty one is no bound. */
public record MinMax(Doc min, Doc max) {}
