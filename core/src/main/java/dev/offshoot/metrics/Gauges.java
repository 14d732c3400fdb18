package dev.offshoot.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Numbers that go up and down. */
public enum Gauges {
    CONNECTIONS("offshoot.connections", "Connections that are open", null),
    CURSORS("offshoot.cursors.open", "Cursors that are open", null),
    OPEN_PROJECTS("offshoot.projects.open", "Projects that are open", null),
    STORED_BYTES("offshoot.log.stored", "Bytes of the logs of open projects, as far as the store tells", "bytes");

    private final String label;
    private final String description;
    private final @Nullable String unit;

    Gauges(String label, String description, @Nullable String unit) {
        this.label = label;
        this.description = description;
        this.unit = unit;
    }

    <T> void register(MeterRegistry registry, T owner, ToDoubleFunction<T> value) {
        Gauge.builder(label, owner, value)
                .description(description)
                .baseUnit(unit)
                .register(registry);
    }
}
