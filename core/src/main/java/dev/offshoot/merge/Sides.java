package dev.offshoot.merge;

/** The same thing of the base and of both sides. */
public record Sides<T>(T base, T ours, T theirs) {}
