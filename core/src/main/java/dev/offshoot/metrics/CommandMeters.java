package dev.offshoot.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** How long commands take, by name. A name shows once its command ran. Thread safe. */
public final class CommandMeters {
    static final String COMMANDS = "offshoot.commands";

    private final MeterRegistry registry;
    private final Set<String> names;
    private final Map<String, Outcomes> byName = new ConcurrentHashMap<>();

    CommandMeters(MeterRegistry registry, Set<String> names) {
        this.registry = registry;
        this.names = Set.copyOf(names);
    }

    private record Outcomes(Timer ok, Timer error) {}

    /**
     * A command ended. One of an unknown name is not counted, so that clients cannot make up names.
     *
     * @param ok whether its reply says so; errors of single documents within are no failure of the command
     */
    public void ended(String name, boolean ok, long nanos) {
        Outcomes outcomes = byName.get(name);
        if (outcomes == null) {
            if (!names.contains(name)) {
                return;
            }
            outcomes = byName.computeIfAbsent(name, known -> new Outcomes(timer(known, "ok"), timer(known, "error")));
        }
        (ok ? outcomes.ok : outcomes.error).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(String name, String result) {
        return Timer.builder(COMMANDS)
                .description(
                        "Commands, from the message read to the reply made; getMore includes waiting for documents")
                .tag("command", name)
                .tag("result", result)
                .register(registry);
    }
}
