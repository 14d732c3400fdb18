package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code $out}: a collection is replaced by the results. */
public record OutStage(@Nullable String database, String collection) implements WriteStage {
    static OutStage parse(String name, Value argument, CompileContext compile) {
        if (argument.isString()) {
            return new OutStage(null, checked(argument.asString()));
        }
        if (!argument.isDocument()) {
            throw new CommandException(
                    ErrorCode.location(16990),
                    "$out only supports a string or object argument, but found " + Bson.typeName(argument.type()));
        }
        StageOptions options = new StageOptions(name, argument.asDoc()).only(Set.of("db", "coll", "timeseries"));
        String database = options.required("db");
        String collection = options.required("coll");
        if (options.document("timeseries") != null) {
            throw new CommandException(
                    ErrorCode.NOT_IMPLEMENTED, "$out to a time-series collection is not supported by Offshoot");
        }
        return new OutStage(database, checked(collection));
    }

    private static String checked(String collection) {
        if (collection.startsWith("system.")) {
            throw new CommandException(ErrorCode.location(17385), "Can't $out to special collection: " + collection);
        }
        return collection;
    }
}
