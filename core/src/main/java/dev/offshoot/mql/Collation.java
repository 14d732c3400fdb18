package dev.offshoot.mql;

import com.ibm.icu.text.RawCollationKey;
import com.ibm.icu.text.RuleBasedCollator;
import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * How strings compare: by their bytes ({@link #SIMPLE}), or by the rules of a language. A value is brought under a collation by putting
 * ICU's sort key in place of each string in it ({@link #key}); keys compare by {@link BsonOrder}, and two keys are equal where the
 * collation takes the values for equal. Names of fields and regular expressions are not collated. Immutable, safe for any number of
 * threads.
 */
public final class Collation {
    /** Strings compare by their bytes; {@code key} gives back what it gets. */
    public static final Collation SIMPLE = new Collation(
            null, new DocBuilder().append("locale", CollationSpec.SIMPLE).buildDoc());

    private final @Nullable RuleBasedCollator collator;
    private final Doc spec;

    Collation(@Nullable RuleBasedCollator collator, Doc spec) {
        this.collator = collator;
        this.spec = spec;
    }

    /**
     * Reads a collation document, as {@code {locale: "de", strength: 2}}.
     *
     * @param path what messages call it
     * @throws CommandException with MongoDB's code where it is wrong or names a locale that is not known
     */
    public static Collation parse(Doc spec, String path) {
        return CollationSpec.parse(spec, path);
    }

    /** One that was parsed before and is stored; null or empty is the simple one. */
    public static Collation of(@Nullable Doc stored) {
        return stored == null || stored.isEmpty() ? SIMPLE : parse(stored, "collation");
    }

    public boolean isSimple() {
        return collator == null;
    }

    /** All options, with those of the locale where none were given: what {@code listIndexes} answers. */
    public Doc toDoc() {
        return spec;
    }

    /** Whether values of a type may compare otherwise than without a collation. */
    public boolean concerns(int type) {
        return collator != null
                && (type == Bson.STRING || type == Bson.SYMBOL || type == Bson.DOCUMENT || type == Bson.ARRAY);
    }

    /** The order of two values under this collation. */
    public int compare(Value a, Value b) {
        if (collator == null) {
            return BsonOrder.compare(a, b);
        }
        if (!isText(a.type()) || !isText(b.type())) {
            return BsonOrder.compare(key(a), key(b));
        }
        String one = text(a);
        String other = text(b);
        return isComparable(one) && isComparable(other)
                ? collator.compare(one, other)
                : BsonOrder.compare(sortKey(one), sortKey(other));
    }

    /** ICU4J 78.1 compares some strings with a sharp s otherwise than by its own sort keys, which are right: it puts "aß" behind "åß". */
    private static boolean isComparable(String text) {
        return text.indexOf('\u00df') < 0;
    }

    /** What a value compares by: the value with a sort key for each string, the value itself where it has none. */
    public Value key(Value value) {
        if (!concerns(value.type())) {
            return value;
        }
        return switch (value.type()) {
            case Bson.DOCUMENT -> Value.document(keys(value.asDoc()));
            case Bson.ARRAY -> Value.array(keys(value.asDoc()));
            default -> sortKey(text(value));
        };
    }

    private Doc keys(Doc fields) {
        DocBuilder keys = new DocBuilder(fields.length() * 2);
        for (Doc.Field field : fields) {
            keys.append(field.name(), key(field.value()));
        }
        return keys.buildDoc();
    }

    /** A sort key, without the 0 at its end, as the bytes of a string. */
    private Value sortKey(String text) {
        if (collator == null) {
            throw new AssertionError("a sort key of the simple collation");
        }
        RawCollationKey key = collator.getRawCollationKey(text, null);
        int size = key.size - 1;
        byte[] bytes = ByteBuffer.allocate(size + 5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(size + 1)
                .put(key.bytes, 0, size)
                .array();
        return Value.view(Bson.STRING, bytes, 0);
    }

    /** The bytes of a string that is a sort key, in hexadecimal. */
    public static String hex(Value sortKey) {
        int start = sortKey.offset() + Integer.BYTES;
        return HexFormat.of().formatHex(sortKey.bytes(), start, sortKey.offset() + sortKey.length() - 1);
    }

    private static boolean isText(int type) {
        return type == Bson.STRING || type == Bson.SYMBOL;
    }

    private static String text(Value value) {
        return value.asString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Collation that && spec.equals(that.spec);
    }

    @Override
    public int hashCode() {
        return spec.hashCode();
    }

    @Override
    public String toString() {
        return spec.toString();
    }
}
