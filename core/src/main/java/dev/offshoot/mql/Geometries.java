package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import dev.offshoot.geo.Geometry;
import dev.offshoot.geo.GeometryException;
import dev.offshoot.geo.GeometryParser;
import org.jspecify.annotations.Nullable;

/** Reads shapes, with MongoDB's errors. */
final class Geometries {
    private static final GeometryParser PARSER = new GeometryParser(ShellText::of);

    private Geometries() {}

    /** The shape that a value of a document is, null where it is none. */
    static @Nullable Geometry storedOrNull(Value value) {
        try {
            return PARSER.stored(value);
        } catch (GeometryException none) {
            return null; // a document may have anything in the field
        }
    }

    static Geometry stored(Value value) throws GeometryException {
        return PARSER.stored(value);
    }

    static Geometry asked(String specifier, Value value) {
        try {
            return PARSER.asked(specifier, value);
        } catch (GeometryException wrong) {
            throw new CommandException(ErrorCode.BAD_VALUE, String.valueOf(wrong.getMessage()));
        }
    }

    static Geometry askedPoint(Value value) throws GeometryException {
        return PARSER.askedPoint(value);
    }
}
