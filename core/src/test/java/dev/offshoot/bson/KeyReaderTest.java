package dev.offshoot.bson;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Finds its way through keys of several values. */
class KeyReaderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1",
                "-1",
                "300",
                "{$numberLong: '9223372036854775807'}",
                "{$numberLong: '-9223372036854775808'}",
                "0.5",
                "-0.5",
                "1.5",
                "-1.5",
                "70000.25",
                "1e300",
                "-1e300",
                "{$numberDouble: 'NaN'}",
                "{$numberDouble: '-Infinity'}",
                "{$numberDecimal: '0.1'}",
                "{$numberDecimal: '-7.1'}",
                "{$numberDecimal: '1E+40'}",
                "{$numberDecimal: '2'}",
                "null",
                "true",
                "false",
                "'x'",
                "''",
                "'a\\u0000b'",
                "{}",
                "{a: 1.5, b: {c: 'x'}}",
                "[]",
                "[0.5, [1, {d: -2.5}], 'y']",
                "{$minKey: 1}",
                "{$maxKey: 1}",
                "{$undefined: true}",
                "{$date: 5}",
                "{$timestamp: {t: 1, i: 2}}",
                "{$oid: '64b000000000000000000001'}",
                "{$binary: {base64: '', subType: '00'}}",
                "{$binary: {base64: 'AAEC', subType: '04'}}",
                "{a: {$binary: {base64: 'AAEC', subType: '04'}}, b: 0.25}",
                "{$regularExpression: {pattern: 'a', options: 'i'}}",
                "{$code: 'f'}",
                "{$code: 'f', $scope: {x: 0.5}}"
            })
    void a_value_ends_where_the_next_one_begins(String json) {
        Value value = value(json);
        for (boolean descending : new boolean[] {false, true}) {
            byte[] alone = new KeyWriter().append(value, descending).toBytes();
            byte[] followed = new KeyWriter()
                    .append(value, descending)
                    .append(Value.of("next"), false)
                    .toBytes();

            assertThat(KeyReader.end(followed, 0, descending))
                    .as("%s, descending: %s", json, descending)
                    .isEqualTo(alone.length);
        }
    }

    private static Value value(String json) {
        ByteBuffer bytes = new RawBsonDocument(BsonDocument.parse("{v: " + json + "}"), new BsonDocumentCodec())
                .getByteBuffer()
                .asNIO();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return Doc.of(copy).first().value();
    }
}
