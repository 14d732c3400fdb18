package dev.offshoot.engine;

import dev.offshoot.bson.BsonCheck;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Set;

/** {@code getParameter}: the few parameters that clients ask for before they do anything else. */
final class GetParameter implements Command {
    @Override
    public String name() {
        return "getParameter";
    }

    @Override
    public String help() {
        return "tells the server's parameters by name, or all of them with '*'";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    /** The fields are the names of parameters. */
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
        Value asked = call.body().first().value();
        boolean all = all(asked);
        boolean details = option(asked, "showDetails");
        int found = 0;
        for (Doc.Field field : parameters(call.engine())) {
            if (all || call.has(field.name())) {
                Value value = field.value();
                reply.append(field.name(), details ? details(call.engine(), field.name(), value) : value);
                found++;
            }
        }
        if (found == 0) {
            throw new CommandException(ErrorCode.INVALID_OPTIONS, "no option found to get");
        }
    }

    private static boolean all(Value asked) {
        return option(asked, "allParameters")
                || (asked.isString() && asked.asString().equals("*"));
    }

    private static boolean option(Value asked, String name) {
        Value option = asked.isDocument() ? asked.asDoc().get(name) : null;
        return option != null && option.isTruthy();
    }

    private static Value details(Engine engine, String name, Value value) {
        boolean settable = engine.parameters().has(name);
        return Value.document(new DocBuilder()
                .append("value", value)
                .append("settableAtRuntime", settable)
                .append("settableAtStartup", settable)
                .buildDoc());
    }

    /** All parameters: those that can be changed, and the others. */
    private static Doc parameters(Engine engine) {
        DocBuilder all = new DocBuilder().appendAll(fixed());
        engine.parameters().all().forEach(all::append);
        return all.append("enableTestCommands", engine.options().testCommands()).buildDoc();
    }

    /** Those that cannot be changed while the server runs. */
    static Doc fixed() {
        return new DocBuilder()
                .startArray("authenticationMechanisms")
                .end()
                .startDocument("featureCompatibilityVersion")
                .append("version", Version.MONGODB.substring(0, Version.MONGODB.lastIndexOf('.')))
                .end()
                .append("localLogicalSessionTimeoutMinutes", Hello.SESSION_MINUTES)
                .append("maxBSONDepth", BsonCheck.DEPTH_MAX)
                .append("requireApiVersion", false)
                .buildDoc();
    }
}
