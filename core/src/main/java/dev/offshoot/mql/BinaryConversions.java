package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code $convert} to and from binary data: as text in a format, as numbers in an order of bytes. */
final class BinaryConversions {
    private static final int UUID = 4;
    private static final int PREDEFINED_MAX = 8;
    private static final int USER_DEFINED_MIN = 128;
    private static final int USER_DEFINED_MAX = 255;
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private BinaryConversions() {}

    static boolean isPossible(int type) {
        return switch (type) {
            case Bson.STRING, Bson.BINARY, Bson.INT32, Bson.INT64, Bson.DOUBLE -> true;
            default -> false;
        };
    }

    /** A subtype given as a value; generic where none is. */
    static int subtype(@Nullable Value subtype) {
        if (subtype == null) {
            return 0;
        }
        if (!subtype.isNumber()) {
            throw Operands.error(
                    4341108,
                    "For BinData, $convert's 'subtype' argument must be a number, but is "
                            + Operands.typeName(subtype));
        }
        if (!Numbers.isInt(subtype)) {
            throw Operands.error(4341106, "In $convert, numeric 'subtype' argument is not an integer");
        }
        long code = subtype.toLong();
        boolean known = (code >= 0 && code <= PREDEFINED_MAX) || (code >= USER_DEFINED_MIN && code <= USER_DEFINED_MAX);
        if (!known) {
            throw Operands.error(
                    4341107, "In $convert, numeric value for 'subtype' does not correspond to a BinData type: " + code);
        }
        return (int) code;
    }

    private static String format(Value value, Conversions.Target target) {
        String format = target.format();
        if (format == null) {
            throw Operands.error(
                    4341115,
                    "Format must be speficied when converting from '" + Operands.typeName(value) + "' to '"
                            + Bson.typeName(target.type()) + "'");
        }
        return format;
    }

    static Value toBinary(Value value, Conversions.Target target) {
        return switch (value.type()) {
            case Bson.STRING -> parsed(value.asString(), format(value, target), target);
            case Bson.INT32 ->
                Value.binary(
                        target.subtype(),
                        number(4, target).putInt(value.asInt32()).array());
            case Bson.INT64 ->
                Value.binary(
                        target.subtype(),
                        number(8, target).putLong(value.asInt64()).array());
            case Bson.DOUBLE ->
                Value.binary(
                        target.subtype(),
                        number(8, target).putDouble(value.asDouble()).array());
            case Bson.BINARY -> {
                if (value.binarySubtype() != target.subtype()) {
                    throw Conversions.failure("Conversions between different BinData subtypes are not supported");
                }
                yield value;
            }
            default -> throw Conversions.unsupported(value, target.type());
        };
    }

    private static ByteBuffer number(int bytes, Conversions.Target target) {
        return ordered(ByteBuffer.allocate(bytes), target);
    }

    private static ByteBuffer ordered(ByteBuffer buffer, Conversions.Target target) {
        return buffer.order(target.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    private static Value parsed(String text, String format, Conversions.Target target) {
        if (format.equals("uuid") != (target.subtype() == UUID)) {
            throw unparsed(text, "Only the 'uuid' format is allowed with the UUID subtype");
        }
        try {
            return Value.binary(target.subtype(), bytes(text, format));
        } catch (IllegalArgumentException e) {
            throw unparsed(text, String.valueOf(e.getMessage()));
        }
    }

    private static byte[] bytes(String text, String format) {
        return switch (format) {
            case "base64" -> {
                if (text.length() % 4 != 0) {
                    throw new IllegalArgumentException("invalid base64");
                }
                yield Base64.getDecoder().decode(text);
            }
            case "base64url" -> Base64.getUrlDecoder().decode(text);
            case "hex" -> HexFormat.of().parseHex(text);
            case "utf8" -> text.getBytes(StandardCharsets.UTF_8);
            case "uuid" -> {
                if (!UUID_TEXT.matcher(text).matches()) {
                    throw new IllegalArgumentException("Invalid UUID string: " + text);
                }
                yield HexFormat.of().parseHex(text.replace("-", ""));
            }
            default -> throw new IllegalArgumentException("Invalid format '" + format + "'");
        };
    }

    private static CommandException unparsed(String text, String why) {
        return Conversions.failure("Failed to parse BinData '" + text + "'" + Conversions.SUFFIX + ": " + why);
    }

    static String toText(Value value, Conversions.Target target) {
        byte[] data = value.asBinary();
        boolean uuid = value.binarySubtype() == UUID && data.length == 16;
        return switch (format(value, target)) {
            case "auto" -> uuid ? uuid(data) : limited(Base64.getEncoder().encodeToString(data));
            case "base64" -> limited(Base64.getEncoder().encodeToString(data));
            case "base64url" -> limited(Base64.getUrlEncoder().withoutPadding().encodeToString(data));
            case "hex" -> limited(HexFormat.of().formatHex(data).toUpperCase(Locale.ROOT));
            case "utf8" -> utf8(value, data);
            default -> {
                if (!uuid) {
                    throw unwritten(value, "string", "BinData does not represent a valid UUID");
                }
                yield uuid(data);
            }
        };
    }

    /** Here what is too long is a conversion that failed, for which there may be an {@code onError}. */
    private static String limited(String ascii) {
        if (ascii.length() >= StringLimit.BYTES_MAX) {
            throw Conversions.failure("The string would be longer than 16MB" + Conversions.SUFFIX);
        }
        return ascii;
    }

    private static CommandException unwritten(Value value, String to, String why) {
        return Conversions.failure(
                "Failed to convert '" + ValueText.of(value) + "' to " + to + Conversions.SUFFIX + ": " + why);
    }

    private static String utf8(Value value, byte[] data) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unwritten(value, "string", "BinData does not represent a valid UTF-8 string");
        }
    }

    private static String uuid(byte[] data) {
        ByteBuffer bytes = ByteBuffer.wrap(data);
        return new java.util.UUID(bytes.getLong(), bytes.getLong()).toString();
    }

    static Value toInteger(Value value, Conversions.Target target) {
        ByteBuffer bytes = ordered(ByteBuffer.wrap(value.asBinary()), target);
        boolean wide = target.type() == Bson.INT64;
        long number = switch (bytes.remaining()) {
            case 1 -> bytes.get();
            case 2 -> bytes.getShort();
            case 4 -> bytes.getInt();
            case 8 -> {
                if (!wide) {
                    throw wrongLength(value);
                }
                yield bytes.getLong();
            }
            default -> throw wrongLength(value);
        };
        return wide ? Value.of(number) : Value.of((int) number);
    }

    static Value toDouble(Value value, Conversions.Target target) {
        ByteBuffer bytes = ordered(ByteBuffer.wrap(value.asBinary()), target);
        return switch (bytes.remaining()) {
            case 4 -> Value.of((double) bytes.getFloat());
            case 8 -> Value.of(bytes.getDouble());
            default -> throw wrongLength(value);
        };
    }

    private static CommandException wrongLength(Value value) {
        return Conversions.failure("Failed to convert '" + ValueText.of(value)
                + "' to number in $convert because of invalid length: " + value.asBinary().length);
    }
}
