package dev.offshoot.store;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names what a store does while it does it: {@code append.before} ahead of an append, {@code append.after} behind it. What one step does
 * inside another is told from what it does alone by the other's name in front: {@code sweep/pack.rename.before}. For a store that one
 * thread uses.
 */
public final class StoreSteps {
    private final Consumer<String> listener;
    private String within = "";

    /** @param listener is called with the name of each step, and may not come back */
    public StoreSteps(Consumer<String> listener) {
        this.listener = listener;
    }

    /** Tells that something is about to happen, or has. */
    public void at(String name) {
        listener.accept(within + name);
    }

    /** Does something between {@code .before} and {@code .after}. */
    public <T extends @Nullable Object> T around(String name, Supplier<T> work) {
        at(name + ".before");
        T result = work.get();
        at(name + ".after");
        return result;
    }

    /** As {@link #around(String, Supplier)} for what has no result. */
    public void around(String name, Runnable work) {
        at(name + ".before");
        work.run();
        at(name + ".after");
    }

    /** As {@link #inside(String, Supplier)} for what has no result. */
    public void inside(String name, Runnable work) {
        boolean unused = inside(name, () -> {
            work.run();
            return true;
        });
    }

    /** Does something whose own steps have a name in front. */
    public <T> T inside(String name, Supplier<T> work) {
        String outer = within;
        within = name + "/";
        try {
            return work.get();
        } finally {
            within = outer;
        }
    }
}
