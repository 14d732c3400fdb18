package dev.offshoot.mask;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;

/** Null and undefined, which hide nothing and stay what they are. */
final class Nothing {
    private Nothing() {}

    static boolean is(Value value) {
        return value.type() == Bson.NULL || value.type() == Bson.UNDEFINED;
    }
}
