package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Scope;
import dev.offshoot.state.ScopeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@code createBranch} says of a partial or masked branch, and how such a branch is shown. */
final class Scopes {
    static final Set<String> FIELDS = Set.of("from", "collections", "schemaOnly", "mask");

    private static final int SALT_BYTES = 32;

    private Scopes() {}

    /** What is asked for; null for a branch that shows all that its parent does. */
    static @Nullable ScopeRequest asked(Invocation call) {
        Value collections = call.typed("collections", Bson.ARRAY, "array");
        Value mask = call.typed("mask", Bson.DOCUMENT, "object");
        boolean schemaOnly = call.bool("schemaOnly", false);
        if (collections == null && mask == null && !schemaOnly) {
            return null;
        }
        byte[] salt = call.engine().randomBytes(SALT_BYTES);
        return new ScopeRequest(
                collections == null ? null : names(call, collections.asDoc()),
                schemaOnly,
                mask == null ? null : mask.asDoc(),
                salt);
    }

    private static List<String> names(Invocation call, Doc array) {
        List<String> names = new ArrayList<>();
        for (Doc.Field element : array) {
            if (!element.value().isString()) {
                throw call.mismatch("collections." + element.name(), element.value(), "type 'string'");
            }
            names.add(element.value().asString());
        }
        return names;
    }

    /** {@code collections} and {@code schemaOnly} as they were asked for, and {@code masked} where it or a parent of it hides something. */
    static void write(DocBuilder reply, Branch branch) {
        Scope scope = branch.scope();
        if (scope == null) {
            return;
        }
        List<String> collections = scope.collections();
        if (collections != null) {
            reply.startArray("collections");
            collections.forEach(reply::add);
            reply.end();
        }
        if (scope.schemaOnly()) {
            reply.append("schemaOnly", true);
        }
        if (scope.mask() != null) {
            reply.append("masked", true);
        }
    }
}
