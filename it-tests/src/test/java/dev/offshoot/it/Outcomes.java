package dev.offshoot.it;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes by how they ended: acknowledged, or nobody knows. */
final class Outcomes<T extends Comparable<T>> {
    private final TreeSet<T> acknowledged = new TreeSet<>();
    private final TreeSet<T> unknown = new TreeSet<>();

    void note(T what, boolean isAcknowledged) {
        (isAcknowledged ? acknowledged : unknown).add(what);
    }

    void forget(T what) {
        acknowledged.remove(what);
    }

    Set<T> acknowledged() {
        return acknowledged;
    }

    Set<T> unknown() {
        return unknown;
    }

    /** Some acknowledged one, or null when there is none. */
    @Nullable
    T anyAcknowledged(Random random) {
        if (acknowledged.isEmpty()) {
            return null;
        }
        return random.nextBoolean() ? acknowledged.first() : acknowledged.last();
    }
}
