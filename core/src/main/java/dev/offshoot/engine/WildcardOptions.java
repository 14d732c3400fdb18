package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.IndexKeys;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the fields and the {@code wildcardProjection} of a compound wildcard index may be, with MongoDB's errors. */
final class WildcardOptions {
    private static final String ALL = "$**";

    private final String wildcard;
    private final List<String> regular = new ArrayList<>();

    private WildcardOptions(IndexKeys keys) {
        String found = ALL;
        for (String path : keys.paths()) {
            if (path.endsWith(ALL)) {
                found = path;
            } else {
                regular.add(path);
            }
        }
        wildcard = found;
        Collections.sort(regular);
    }

    /** @param spec of an index of which {@code keys} are made */
    static void check(IndexKeys keys, Doc spec) {
        Value projection = spec.get("wildcardProjection");
        if (keys.count() > 1) {
            new WildcardOptions(keys).check(projection);
        } else if (projection != null) {
            Kinds kinds = new Kinds();
            kinds.addAll(projection.asDoc(), "");
            kinds.check();
        }
    }

    private void check(@Nullable Value projection) {
        for (String field : regular) {
            if (!wildcard.equals(ALL) && isPrefix(wildcard.substring(0, wildcard.length() - 4), field)) {
                throw error(
                        7246204,
                        "A wildcard index field should not overlap with and index key fields if wildcard projection is"
                                + " empty, however '" + field + "' is overlapping with the wildcard index field.");
            }
        }
        if (projection != null) {
            checkProjection(projection.asDoc());
        } else if (wildcard.equals(ALL)) {
            throw new CommandException(
                    ErrorCode.CANNOT_CREATE_INDEX,
                    "Compound wildcard indexes on all fields must also specify 'wildcardProjection' option");
        }
    }

    private void checkProjection(Doc projection) {
        List<String> included = new ArrayList<>();
        List<String> excluded = new ArrayList<>();
        for (Doc.Field field : projection) {
            Value value = field.value();
            if (!value.isNumber() && value.type() != Bson.BOOLEAN) {
                throw error(
                        7246207,
                        "Fields in wildcardProjection must be numbers, however '" + field.name() + ": " + value
                                + "' is a " + Bson.typeName(value.type()) + ".");
            }
            (value.isTruthy() ? included : excluded).add(field.name());
        }
        checkDisjoint(included);
        checkDisjoint(excluded);
        checkIncluded(included);
        if (!excluded.isEmpty()) {
            checkExcluded(excluded);
        }
        boolean onlyId = included.equals(List.of("_id")) || excluded.equals(List.of("_id"));
        if (!included.isEmpty() && !excluded.isEmpty() && !onlyId) {
            throw error(
                    7246211,
                    "Inclusion and exclusion statements cannot combine in the wildcardProjection with an exception of"
                            + " explicitly including _id field");
        }
    }

    private static void checkDisjoint(List<String> fields) {
        Collections.sort(fields);
        for (int i = 1; i < fields.size(); i++) {
            if (isPrefix(fields.get(i - 1), fields.get(i))) {
                throw error(
                        7246200,
                        "Fields in Wildcard Projection cannot overlap, however '" + fields.get(i - 1)
                                + "' is overlapped with '" + fields.get(i));
            }
        }
    }

    private void checkIncluded(List<String> included) {
        for (String field : regular) {
            for (String path : included) {
                if (isPrefix(path, field)) {
                    throw error(
                            7246208,
                            "Index Key and Wildcard Projection cannot contain overlapping fields, however '" + field
                                    + "' index field is ovverlapping with '" + path + "' wildcardProjection path.");
                }
            }
        }
    }

    private void checkExcluded(List<String> excluded) {
        for (String field : regular) {
            if (excluded.stream().noneMatch(path -> isPrefix(path, field))) {
                boolean more = excluded.stream().anyMatch(path -> path.compareTo(field) > 0);
                throw error(
                        more ? 7246209 : 7246210,
                        "wildcardProjection paths must exclude all regular index fields, however '" + field
                                + "'is not excluded.");
            }
        }
    }

    private static boolean isPrefix(String path, String of) {
        return of.equals(path) || of.startsWith(path + ".");
    }

    private static CommandException error(int code, String message) {
        return new CommandException(ErrorCode.location(code), message);
    }

    /** Which of both a projection over all fields does; the {@code _id} may be either. */
    private static final class Kinds {
        private boolean includes;
        private boolean excludes;

        private void addAll(Doc projection, String prefix) {
            for (Doc.Field field : projection) {
                String path = prefix + field.name();
                if (field.value().isDocument()) {
                    addAll(field.value().asDoc(), path + ".");
                } else if (!path.equals("_id")) {
                    add(path, field.value());
                }
            }
        }

        private void add(String path, Value value) {
            if (!value.isNumber() && value.type() != Bson.BOOLEAN) {
                throw error(
                        51271,
                        "Fields of a wildcardProjection have to be numbers or booleans, but '" + path + "' is "
                                + value);
            }
            includes |= value.isTruthy();
            excludes |= !value.isTruthy();
        }

        private void check() {
            if (includes && excludes) {
                throw error(31254, "A wildcardProjection either includes fields or excludes them, but for _id");
            }
        }
    }
}
