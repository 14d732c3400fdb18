package dev.offshoot.mask;

import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;

/** Kinds of made-up values. What is made up follows from a digest alone. */
enum FakeKind {
    FIRST_NAME("firstName") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.pick(FakeWords.FIRST_NAMES));
        }
    },
    LAST_NAME("lastName") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.pick(FakeWords.LAST_NAMES));
        }
    },
    NAME("name") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.pick(FakeWords.FIRST_NAMES) + " " + digest.pick(FakeWords.LAST_NAMES));
        }
    },
    USERNAME("username") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.user());
        }
    },
    EMAIL("email") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.user() + "@example.com");
        }
    },
    PHONE("phone") {
        @Override
        Value of(Digest digest) {
            return Value.of("+999" + digest.digits(9)); // no country has this code
        }
    },
    STREET("street") {
        @Override
        Value of(Digest digest) {
            return Value.of(1 + digest.below(199) + " " + digest.pick(FakeWords.STREETS));
        }
    },
    CITY("city") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.pick(FakeWords.CITIES));
        }
    },
    ZIP("zip") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.digits(5));
        }
    },
    COMPANY("company") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.pick(FakeWords.LAST_NAMES) + " " + digest.pick(FakeWords.COMPANY_ENDINGS));
        }
    },
    URL("url") {
        @Override
        Value of(Digest digest) {
            return Value.of("https://example.com/" + digest.hex(8));
        }
    },
    IP("ip") {
        @Override
        Value of(Digest digest) {
            return Value.of("203.0.113." + (1 + digest.below(254))); // kept for documentation by RFC 5737
        }
    },
    UUID_TEXT("uuid") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.uuid().toString());
        }
    },
    TEXT("text") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.pick(FakeWords.CITIES).toLowerCase(Locale.ROOT) + " " + digest.hex(8));
        }
    },
    NUMBER("number") {
        @Override
        Value of(Digest digest) {
            return Value.of(digest.below(1_000_000));
        }
    },
    DATE("date") {
        @Override
        Value of(Digest digest) {
            return Value.date(digest.below(DAYS) * DAY_MILLIS);
        }
    };

    /** From 1970 to 2019. */
    private static final int DAYS = 18_262;

    private static final long DAY_MILLIS = 86_400_000L;

    private final String text;

    FakeKind(String text) {
        this.text = text;
    }

    /** @param digest 32 bytes */
    final Value of(byte[] digest) {
        return of(new Digest(ByteBuffer.wrap(digest)));
    }

    abstract Value of(Digest digest);

    static FakeKind parse(String path, String name) {
        for (FakeKind kind : values()) {
            if (kind.text.equals(name)) {
                return kind;
            }
        }
        throw new CommandException(
                ErrorCode.BAD_VALUE,
                "the mask of '" + path + "' makes up '" + name + "', which it cannot; it can make up " + names());
    }

    static String names() {
        return Arrays.stream(values()).map(kind -> kind.text).collect(Collectors.joining(", "));
    }

    /** The bytes of a digest, taken four at a time. */
    record Digest(ByteBuffer bytes) {
        int below(int bound) {
            return Math.floorMod(bytes.getInt(), bound);
        }

        String pick(List<String> words) {
            return words.get(below(words.size()));
        }

        String digits(int count) {
            long modulus = 1;
            for (int i = 0; i < count; i++) {
                modulus *= 10;
            }
            String digits = Long.toString(modulus + Math.floorMod(bytes.getLong(), modulus));
            return digits.substring(1);
        }

        /** An even number of hexadecimal digits, 16 at most. */
        String hex(int digits) {
            return String.format("%016x", bytes.getLong()).substring(0, digits);
        }

        String user() {
            String name = pick(FakeWords.FIRST_NAMES) + "." + pick(FakeWords.LAST_NAMES) + "." + hex(8);
            return name.toLowerCase(Locale.ROOT);
        }

        UUID uuid() {
            long high = (bytes.getLong() & ~0xF000L) | 0x4000L;
            long low = (bytes.getLong() & ~(3L << 62)) | (2L << 62);
            return new UUID(high, low);
        }
    }
}
