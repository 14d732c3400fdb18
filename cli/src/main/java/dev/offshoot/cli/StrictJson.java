package dev.offshoot.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bson.RawBsonDocument;

/**
 * Makes BSON of the text of a document, exactly or not at all. The BSON library alone takes what is no JSON, such as
 * {@code {"a":1 "b":2}}, for what it may mean.
 */
final class StrictJson {
    private static final int DOCUMENT_BYTES_MAX = 16 << 20;
    /** Shorter ones fit into 64 bits. */
    private static final int LARGE_INTEGER_CHARS = 19;
    /** A longer one may be infinite as a double. */
    private static final int INTEGER_CHARS_MAX = 308;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(INTEGER_CHARS_MAX)
                    .build())
            .build();

    private StrictJson() {}

    /** The parser throws exceptions of many kinds at bad text; every one of them means just that. */
    static RawBsonDocument parse(JsonText text) throws BadInputException, IOException {
        String checked = checked(text);
        RawBsonDocument document;
        try {
            document = RawBsonDocument.parse(checked);
        } catch (RuntimeException e) {
            throw bad(text, 1, String.valueOf(e.getMessage()).replace("\0", "\\u0000"));
        }
        int bytes = document.getByteBuffer().remaining();
        if (bytes > DOCUMENT_BYTES_MAX) {
            throw bad(text, 1, "the document has " + bytes + " bytes; at most " + DOCUMENT_BYTES_MAX + " are allowed");
        }
        return document;
    }

    /** The text, in which integers of more than 64 bits are doubles, as the specification of Extended JSON has it. */
    private static String checked(JsonText text) throws BadInputException, IOException {
        boolean escaped = text.text().contains("\\u");
        List<Integer> largeEnds = new ArrayList<>();
        try (JsonParser json = FACTORY.createParser(text.text())) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (escaped && (token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING)) {
                    checkCharacters(json, text);
                } else if (token == JsonToken.VALUE_NUMBER_INT && isLarge(json)) {
                    largeEnds.add((int) json.currentTokenLocation().getCharOffset() + json.getTextLength());
                }
            }
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw bad(text, at == null ? 1 : Math.max(1, at.getLineNr()), e.getOriginalMessage());
        }
        return largeEnds.isEmpty() ? text.text() : asDoubles(text.text(), largeEnds);
    }

    private static String asDoubles(String text, List<Integer> ends) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = ends.size() - 1; i >= 0; i--) {
            changed.insert(ends.get(i), ".0");
        }
        return changed.toString();
    }

    private static boolean isLarge(JsonParser json) throws IOException {
        return json.getTextLength() >= LARGE_INTEGER_CHARS && json.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
    }

    private static void checkCharacters(JsonParser json, JsonText text) throws BadInputException, IOException {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(json.getText())) {
            throw bad(
                    text,
                    json.currentTokenLocation().getLineNr(),
                    "an escape such as \\ud800 is half of a character, and the other half is missing");
        }
    }

    /**
     * Tells the place.
     *
     * @param line in the document, from 1
     */
    private static BadInputException bad(JsonText text, int line, String reason) {
        return new BadInputException(text.line() + line - 1, text.number(), reason);
    }
}
