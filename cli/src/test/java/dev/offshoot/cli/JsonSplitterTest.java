package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonSplitterTest {
    @Test
    void an_array_gives_its_elements_with_their_lines() throws Exception {
        List<JsonText> texts = split("[ {\"a\": 1},\n\n {\"b\": [2, {\"c\": \"]}\"}]}\n ]\n");
        assertThat(texts)
                .containsExactly(new JsonText("{\"a\": 1}", 1, 1), new JsonText("{\"b\": [2, {\"c\": \"]}\"}]}", 3, 2));
    }

    @Test
    void documents_may_follow_each_other_on_one_line_or_on_many() throws Exception {
        List<JsonText> texts = split("\uFEFF{\"a\": 1}{\"b\":\n2}\r\n\r\n{}");
        assertThat(texts)
                .containsExactly(
                        new JsonText("{\"a\": 1}", 1, 1), new JsonText("{\"b\":\n2}", 1, 2), new JsonText("{}", 4, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n\t ", "[]", " [ \n ] \n"})
    void nothing_gives_no_document(String text) throws Exception {
        assertThat(split(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[{}, 7]                | line 1, document 2 | a document begins with '{', not '7'",
                "[{} {}]                | line 1, document 1 | ',' or ']' should follow a document, not '{'",
                "[{},]                  | line 1, document 2 | a document begins with '{', not ']'",
                "[{}                    | line 1, document 1 | the file ends inside the array; ']' is missing",
                "[{}] {}                | line 1, document 1 | there is text after the end of the array",
                "{§a§: {                | line 1, document 1 | the file ends inside the document",
                "{§a§: §b               | line 1, document 1 | a string in the document has no end",
                "{} x                   | line 1, document 2 | a document begins with '{', not 'x'",
                "§text§                 | line 1, document 1 | a document begins with '{', not"
            })
    void broken_text_is_refused_with_its_place(String text, String place, String reason) {
        assertThatThrownBy(() -> split(text.strip().replace('§', '"')))
                .isInstanceOfSatisfying(BadInputException.class, e -> {
                    assertThat(e.place()).isEqualTo(place);
                    assertThat(e.reason()).startsWith(reason);
                });
    }

    @Test
    void nesting_has_a_limit() {
        assertThatThrownBy(() -> split("{\"a\":" + "[".repeat(1000)))
                .hasMessageContaining("nested deeper than 200 levels");
    }

    @Test
    void random_documents_come_back_whatever_the_layout_and_the_reads() throws Exception {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            List<BsonDocument> model = documents(random);
            boolean array = random.nextBoolean();
            String space = List.of("", "\n", " \r\n\t").get(random.nextInt(3));
            List<String> texts = model.stream().map(BsonDocument::toJson).toList();
            String text = array ? "[" + String.join(space + ",", texts) + "]" : String.join(space, texts);
            List<BsonDocument> found = new ArrayList<>();
            for (JsonText each : split(new Trickle(new StringReader(text), random))) {
                found.add(BsonDocument.parse(each.text()));
            }
            assertThat(found).as("seed %d", seed).isEqualTo(model);
        }
    }

    private static List<BsonDocument> documents(Random random) {
        List<BsonDocument> documents = new ArrayList<>();
        for (int i = 1 + random.nextInt(20); i > 0; i--) {
            documents.add(document(random, 3));
        }
        return documents;
    }

    private static BsonDocument document(Random random, int depth) {
        BsonDocument document = new BsonDocument();
        for (int i = random.nextInt(4); i > 0; i--) {
            document.put(text(random), value(random, depth));
        }
        return document;
    }

    private static BsonValue value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 4 : 3)) {
            case 0 -> new BsonInt32(random.nextInt());
            case 1 -> new BsonDouble(random.nextDouble());
            case 2 -> new BsonString(text(random));
            default -> document(random, depth - 1);
        };
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(8), 0, 10)
                .mapToObj(i -> List.of("\"", "'", "\\", "{", "}", "[", "]", ",", "\n", "ß")
                        .get(i))
                .collect(Collectors.joining());
    }

    private static List<JsonText> split(String text) throws IOException, BadInputException {
        return split(new StringReader(text));
    }

    private static List<JsonText> split(Reader reader) throws IOException, BadInputException {
        JsonSplitter splitter = new JsonSplitter(reader);
        List<JsonText> texts = new ArrayList<>();
        for (JsonText text = splitter.next(); text != null; text = splitter.next()) {
            texts.add(text);
        }
        return texts;
    }

    /** Gives a few characters at a time. */
    private static final class Trickle extends FilterReader {
        private final Random random;

        Trickle(Reader in, Random random) {
            super(in);
            this.random = random;
        }

        @Override
        public int read(char[] into, int offset, int length) throws IOException {
            return super.read(into, offset, Math.min(length, 1 + random.nextInt(5)));
        }
    }
}
