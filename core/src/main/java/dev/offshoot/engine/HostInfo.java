package dev.offshoot.engine;

import com.sun.management.OperatingSystemMXBean;
import dev.offshoot.bson.DocBuilder;
import java.lang.management.ManagementFactory;
import java.util.Set;

/** {@code hostInfo}: the machine this runs on. */
final class HostInfo implements Command {
    @Override
    public String name() {
        return "hostInfo";
    }

    @Override
    public String help() {
        return "describes the machine that the server runs on";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        reply.startDocument("system")
                .appendDate("currentTime", System.currentTimeMillis())
                .append("hostname", hostname())
                .append("cpuAddrSize", 64)
                .append("memSizeMB", machine.getTotalMemorySize() >> 20)
                .append("memLimitMB", Runtime.getRuntime().maxMemory() >> 20)
                .append("numCores", Runtime.getRuntime().availableProcessors())
                .append("cpuArch", machine.getArch())
                .append("numaEnabled", false)
                .end()
                .startDocument("os")
                .append("type", machine.getName())
                .append("name", machine.getName())
                .append("version", machine.getVersion())
                .end()
                .startDocument("extra")
                .append("jvm", Runtime.version().toString())
                .end();
    }

    /** The machine's name as its environment says it; no look-up, which may take seconds. */
    static String hostname() {
        String name = System.getenv("HOSTNAME");
        return name == null || name.isEmpty() ? "localhost" : name;
    }
}
