package dev.offshoot.server;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Starts the thread of a connection: a virtual one where the JVM has them (21 and up), a platform one elsewhere. */
final class ConnectionThreads {
    private static final @Nullable MethodHandle START_VIRTUAL = startVirtual();

    private ConnectionThreads() {}

    static Thread start(Runnable task) {
        MethodHandle virtual = START_VIRTUAL;
        if (virtual == null) {
            return startPlatform(task);
        }
        try {
            return (Thread) virtual.invokeExact(task);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("starting a thread throws nothing checked", e);
        }
    }

    private static @Nullable MethodHandle startVirtual() {
        MethodType type = MethodType.methodType(Thread.class, Runnable.class);
        try {
            return MethodHandles.publicLookup().findStatic(Thread.class, "startVirtualThread", type);
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return null;
        }
    }

    private static Thread startPlatform(Runnable task) {
        Thread thread = new Thread(task, "offshoot-connection");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
