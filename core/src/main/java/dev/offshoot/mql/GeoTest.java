package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.geo.Geometry;
import org.jspecify.annotations.Nullable;

/** {@code $geoWithin} and {@code $geoIntersects}: a shape that lies in another, or has a place in common with it. */
final class GeoTest extends ElementTest {
    private final Geometry asked;
    private final boolean within;

    private GeoTest(Geometry asked, boolean within) {
        this.asked = asked;
        this.within = within;
    }

    /**
     * Reads one.
     *
     * @param operators all operators that are given for the path
     */
    static GeoTest parse(Doc operators) {
        Doc.Field operator = operators.first();
        boolean within = operator.name().equals("$geoWithin") || operator.name().equals("$within");
        if (operators.count() > 1) {
            Doc.Fields extra = operators.fields();
            extra.next();
            extra.next();
            throw FilterParser.bad("can't parse extra field: " + ShellText.field(extra.name(), extra.value()));
        }
        if (!within && !operator.name().equals("$geoIntersects")) {
            throw FilterParser.bad("invalid geo query predicate: " + ShellText.of(operators));
        }
        if (!operator.value().isDocument()) {
            throw FilterParser.bad("geometry must be an object");
        }
        Geometry asked = shape(operator);
        if (asked == null) {
            throw FilterParser.bad("geo query doesn't have any geometry");
        }
        if (within && !asked.isArea()) {
            throw FilterParser.bad("$within not supported with provided geometry: " + ShellText.of(operators));
        }
        if (!within && !asked.hasSphere()) {
            throw FilterParser.bad("$geoIntersect not supported with provided geometry: " + ShellText.of(operators));
        }
        return new GeoTest(asked, within);
    }

    private static @Nullable Geometry shape(Doc.Field operator) {
        Geometry asked = null;
        for (Doc.Field field : operator.value().asDoc()) {
            if (asked != null && operator.name().equals("$geoWithin")) {
                throw FilterParser.bad("$geoWithin doesn't accept multiple shapes "
                        + ShellText.field(operator.name(), operator.value()));
            }
            if (!field.name().equals("$uniqueDocs")) {
                asked = Geometries.asked(field.name(), field.value());
            }
        }
        return asked;
    }

    /** The shape that is compared with. */
    Geometry asked() {
        return asked;
    }

    @Override
    boolean test(int type, byte[] bytes, int offset) {
        if (type != Bson.DOCUMENT && type != Bson.ARRAY) {
            return false;
        }
        Geometry stored = Geometries.storedOrNull(Value.view(type, bytes, offset));
        return stored != null && (within ? asked.contains(stored) : asked.intersects(stored));
    }
}
