package dev.offshoot.bson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BsonCheckTest {
    @Test
    void documents_of_all_types_pass_wherever_they_are() {
        for (long seed = 0; seed < 500; seed++) {
            byte[] document = new RandomBson(new Random(seed)).document(4).toBytes();
            byte[] around = new byte[document.length + 20];
            Arrays.fill(around, (byte) 0x55);
            System.arraycopy(document, 0, around, 7, document.length);
            assertThat(BsonCheck.check(around, 7, around.length - 3))
                    .as("seed %s", seed)
                    .isEqualTo(7 + document.length);
        }
    }

    @Test
    void damaged_documents_are_refused_or_can_be_walked() {
        int refused = 0;
        int passed = 0;
        for (long seed = 0; seed < 30_000; seed++) {
            Random chance = new Random(seed);
            byte[] bytes = new RandomBson(chance).document(3).toBytes().clone();
            for (int n = 1 + chance.nextInt(3); n > 0; n--) {
                bytes[chance.nextInt(bytes.length)] = chance.nextBoolean()
                        ? (byte) chance.nextInt()
                        : new byte[] {0, 1, -1, 127, 3, 5}[chance.nextInt(6)];
            }
            int limit = chance.nextInt(4) == 0 ? chance.nextInt(bytes.length + 1) : bytes.length;
            // Nothing may be read behind the limit, so that the array can as well end there.
            byte[] cut = Arrays.copyOf(bytes, limit);
            try {
                int end = BsonCheck.check(cut, 0, limit);
                assertThat(end).as("seed %s", seed).isLessThanOrEqualTo(limit);
                walk(Doc.of(cut));
                passed++;
            } catch (BsonFormatException e) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(refused).isGreaterThan(5000);
        assertThat(passed).isGreaterThan(1000);
    }

    private static void walk(Doc doc) {
        new KeyWriter().append(Value.document(doc), false);
        assertThat(BsonOrder.compareDocs(doc, doc)).isZero();
        for (Doc.Field field : doc) {
            if (field.value().isDocument() || field.value().isArray()) {
                walk(field.value().asDoc());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', 4 bytes",
        "0500, 4 bytes",
        "0400000000, a length of 5",
        "0600000000, a length of 5",
        "FFFFFFFF00, a length of 5",
        "0500000001, the closing NUL of a document",
        "08000000106100000100, 4 bytes",
        "0A00000010610000000000, 4 bytes",
        "0800000010616100, closed by a NUL",
        "09000000086100020000, a boolean",
        "080000001461000000, a type of BSON",
        "0D000000026100020000000000, a length of 1",
        "0D000000026100010000000100, the closing NUL of a string",
        "0D000000026100000000000000, a length of 1",
        "0D000000056100010000000000, a length of 0",
    })
    void damage_is_named(String hex, String message) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThatThrownBy(() -> BsonCheck.check(bytes, 0, bytes.length))
                .isInstanceOf(BsonFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void nesting_is_limited() {
        byte[] deepest = nested(BsonCheck.DEPTH_MAX);
        assertThat(BsonCheck.check(deepest, 0, deepest.length)).isEqualTo(deepest.length);
        byte[] deeper = nested(100_000);
        assertThatThrownBy(() -> BsonCheck.check(deeper, 0, deeper.length))
                .isInstanceOf(BsonFormatException.class)
                .hasMessageContaining("levels of nesting");
    }

    private static byte[] nested(int levels) {
        byte[] bytes = new byte[levels * 8 - 3];
        for (int i = 0; i < levels; i++) {
            Bson.putInt32(bytes, i * 7, bytes.length - i * 8);
            if (i + 1 < levels) {
                bytes[i * 7 + 4] = Bson.DOCUMENT;
                bytes[i * 7 + 5] = 'a';
            }
        }
        return bytes;
    }
}
