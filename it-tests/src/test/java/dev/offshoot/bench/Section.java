package dev.offshoot.bench;

/** Some lines of the benchmark that belong together. */
interface Section {
    /** What a person names it by to run it alone. */
    String name();

    void run(Bench bench) throws Exception;
}
