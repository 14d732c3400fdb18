package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.Filter;
import java.util.Set;

/** {@code currentOp}: the commands that are running. Fields that are no options are a filter on them. */
final class CurrentOp implements Command {
    private static final Set<String> OPTIONS = Set.of("$all", "$ownOps", "$truncateOps");

    @Override
    public String name() {
        return "currentOp";
    }

    @Override
    public String help() {
        return "lists the commands that are running";
    }

    @Override
    public Set<String> fields() {
        return OPTIONS;
    }

    /** The fields are a filter. */
    @Override
    public boolean strict() {
        return false;
    }

    @Override
    public boolean adminOnly() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        DocBuilder wanted = new DocBuilder();
        int n = 0;
        for (Doc.Field field : call.body()) {
            if (n++ > 0 && !OPTIONS.contains(field.name()) && !Engine.isCommonField(field.name())) {
                wanted.append(field.name(), field.value());
            }
        }
        Filter filter = Filter.compile(wanted.buildDoc());
        reply.startArray("inprog");
        call.engine()
                .describeOperations(call.bool("$all", false), false)
                .filter(filter::matches)
                .forEach(reply::add);
        reply.end();
    }
}
