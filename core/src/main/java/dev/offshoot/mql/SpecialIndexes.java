package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.geo.Grid;

/** What is particular in the specifications of indexes of texts and of shapes. */
public final class SpecialIndexes {
    private static final int SPHERE_VERSION = 3;

    private SpecialIndexes() {}

    /**
     * The specification with all that its kind adds.
     *
     * @throws CommandException CannotCreateIndex and others where it cannot be one of its kind
     */
    public static Doc complete(Doc spec) {
        Value key = spec.get("key");
        if (key == null || !key.isDocument()) {
            return spec;
        }
        Doc pattern = key.asDoc();
        if (TextIndexSpec.isText(pattern)) {
            return TextIndexSpec.complete(spec);
        }
        if (has(pattern, "2dsphere")) {
            return sphere(spec, pattern);
        }
        if (has(pattern, "2d")) {
            checkPlane(pattern);
            grid(spec);
        }
        return spec;
    }

    private static boolean has(Doc pattern, String kind) {
        for (Doc.Field field : pattern) {
            if (Value.of(kind).equals(field.value())) {
                return true;
            }
        }
        return false;
    }

    private static void checkOnePlugin(Doc pattern, String kind) {
        for (Doc.Field field : pattern) {
            if (field.value().isString() && !field.value().asString().equals(kind)) {
                throw IndexKeys.cannot("Can't use more than one index plugin for a single index.");
            }
        }
    }

    private static Doc sphere(Doc spec, Doc pattern) {
        checkOnePlugin(pattern, "2dsphere");
        Value version = spec.get("2dsphereIndexVersion");
        if (version == null) {
            return new DocBuilder()
                    .appendAll(spec)
                    .append("2dsphereIndexVersion", SPHERE_VERSION)
                    .buildDoc();
        }
        if (!version.isNumber() || version.toDouble() < 1 || version.toDouble() > SPHERE_VERSION) {
            throw IndexKeys.cannot("unsupported geo index version { 2dsphereIndexVersion : " + ShellText.of(version)
                    + " }, only support versions: [1,2,3]");
        }
        return spec;
    }

    private static void checkPlane(Doc pattern) {
        checkOnePlugin(pattern, "2d");
        boolean first = true;
        for (Doc.Field field : pattern) {
            boolean shape = field.value().isString();
            if (first && !shape) {
                throw new CommandException(ErrorCode.location(16801), "2d has to be first in index");
            }
            if (!first && shape) {
                throw new CommandException(ErrorCode.location(16800), "can't have 2 geo fields");
            }
            first = false;
        }
    }

    /** The cells of a {@code 2d} index. */
    static Grid grid(Doc spec) {
        double bits = number(spec, "bits", 26);
        double min = number(spec, "min", -180);
        double max = number(spec, "max", 180);
        if (bits < 1 || bits > 32) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS,
                    "bits for hash must be > 0 and <= 32, but " + (long) bits + " bits were specified");
        }
        if (!(min < max)) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS,
                    "region for hash must be valid and have positive area, but [" + NumberText.of(min, false) + ", "
                            + NumberText.of(max, false) + "] was specified");
        }
        return new Grid(min, max, (int) bits);
    }

    private static double number(Doc spec, String option, double otherwise) {
        Value value = spec.get(option);
        if (value == null) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "The field '" + option + "' must be a number, but got " + Bson.typeName(value.type()));
        }
        return value.toDouble();
    }
}
