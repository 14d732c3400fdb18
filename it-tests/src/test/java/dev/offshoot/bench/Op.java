package dev.offshoot.bench;

/** Something that is timed. */
@FunctionalInterface
interface Op {
    void run() throws Exception;
}
