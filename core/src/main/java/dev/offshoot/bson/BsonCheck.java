package dev.offshoot.bson;

/** Checks bytes that come from outside before anything walks them. */
public final class BsonCheck {
    /** How deep documents and arrays may nest. */
    public static final int DEPTH_MAX = 200;

    private BsonCheck() {}
}
