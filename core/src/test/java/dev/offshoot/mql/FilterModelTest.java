package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import java.util.Arrays;
import java.util.Random;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;

class FilterModelTest {
    @Test
    void filters_agree_with_a_slow_matcher() {
        int matched = 0;
        int checked = 0;
        for (long seed = 0; seed < 4000; seed++) {
            RandomQueries random = new RandomQueries(new Random(seed));
            BsonDocument query = random.filter(2);
            Filter filter = Filter.compile(SlowMatcher.encode(query));
            for (int i = 0; i < 10; i++) {
                BsonDocument document = random.document(3);
                boolean expected = SlowMatcher.matches(query, document);
                Doc doc = SlowMatcher.encode(document);
                assertThat(filter.matches(doc))
                        .as("%s on %s, seed %s", query, document, seed)
                        .isEqualTo(expected);
                assertThat(filter.matches(shifted(doc), 3))
                        .as("%s on %s inside of other bytes, seed %s", query, document, seed)
                        .isEqualTo(expected);
                matched += expected ? 1 : 0;
                checked++;
            }
        }
        assertThat(matched).isBetween(checked / 20, checked * 19 / 20);
    }

    private static byte[] shifted(Doc doc) {
        byte[] bytes = new byte[doc.length() + 20];
        Arrays.fill(bytes, (byte) 'a');
        System.arraycopy(doc.bytes(), doc.offset(), bytes, 3, doc.length());
        return bytes;
    }

    @Test
    void many_fields_are_all_tested() {
        BsonDocument query = new BsonDocument();
        BsonDocument document = new BsonDocument();
        for (int i = 0; i < 200; i++) {
            query.append("f" + i, new BsonInt32(i));
            document.append("f" + (199 - i), new BsonInt32(199 - i));
        }
        Filter filter = Filter.compile(SlowMatcher.encode(query));
        assertThat(filter.matches(SlowMatcher.encode(document))).isTrue();
        for (int i = 0; i < 200; i++) {
            BsonDocument other = document.clone();
            other.put("f" + i, new BsonInt32(-1));
            assertThat(filter.matches(SlowMatcher.encode(other)))
                    .as("field %s", i)
                    .isFalse();
        }
    }
}
