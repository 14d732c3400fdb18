package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Set;

/** {@code buildInfo}: the MongoDB that clients may take this for, and which Offshoot it is. */
final class BuildInfo implements Command {
    @Override
    public String name() {
        return "buildInfo";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("buildinfo");
    }

    @Override
    public String help() {
        return "says which version this is";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        reply.append("version", Version.MONGODB)
                .append("gitVersion", "offshoot-" + Version.OFFSHOOT)
                .startArray("modules")
                .end()
                .append("sysInfo", "deprecated")
                .startArray("versionArray");
        for (String part : Version.MONGODB.split("\\.", -1)) {
            reply.add(Value.of(Integer.parseInt(part)));
        }
        reply.add(Value.of(0))
                .end()
                .append("bits", 64)
                .append("debug", false)
                .append("maxBsonObjectSize", Bson.DOCUMENT_BYTES_MAX)
                .startDocument("offshoot")
                .append("version", Version.OFFSHOOT)
                .end();
    }
}
