package dev.offshoot.cli;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of text into documents: the elements of one array, or documents one after the other, on one line each or on
 * several. Only one document is in memory at a time. It looks at brackets and strings; what is between them is for the parser.
 */
final class JsonSplitter {
    private static final int CHUNK_CHARS = 1 << 16;
    /** Sixteen MiB of BSON as the longest text one would write for them. */
    private static final int DOCUMENT_CHARS_MAX = 128 << 20;

    private static final int DEPTH_MAX = 200;
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final int END = -1;

    private final Reader reader;
    private final char[] chunk = new char[CHUNK_CHARS];
    private int at;
    private int limit;
    private long line = 1;
    private long number;
    private boolean array;
    private boolean ended;

    JsonSplitter(Reader reader) {
        this.reader = reader;
    }

    /** How many documents were begun. */
    long documents() {
        return number;
    }

    /** The next document, or null at the end. */
    @Nullable
    JsonText next() throws IOException, BadInputException {
        if (ended) {
            return null;
        }
        int c = number == 0 ? begin() : skipSpace();
        if (array) {
            c = afterElement(c);
        }
        if (c == END || ended) {
            ended = true;
            return null;
        }
        return document(c);
    }

    /** The first character of the first document, or what ends the file. */
    private int begin() throws IOException {
        int c = skipSpace();
        if (c == BYTE_ORDER_MARK) {
            c = skipSpace();
        }
        if (c == '[') {
            array = true;
            c = skipSpace();
        }
        return c;
    }

    /** Steps over the comma between elements, or over the end of the array. */
    private int afterElement(int c) throws IOException, BadInputException {
        if (c == ']') {
            int rest = skipSpace();
            if (rest != END) {
                throw bad("there is text after the end of the array, beginning with '" + (char) rest + "'");
            }
            ended = true;
            return END;
        }
        if (c == END) {
            throw bad("the file ends inside the array; ']' is missing");
        }
        if (number == 0) {
            return c;
        }
        if (c != ',') {
            throw bad("',' or ']' should follow a document, not '" + (char) c + "'");
        }
        return skipSpace();
    }

    private JsonText document(int first) throws IOException, BadInputException {
        number++;
        if (first != '{') {
            throw new BadInputException(
                    line,
                    number,
                    "a document begins with '{', not " + (first == END ? "the end" : "'" + (char) first + "'"));
        }
        long start = line;
        StringBuilder text = new StringBuilder("{");
        int depth = 1;
        while (depth > 0) {
            int c = read();
            if (c == END || text.length() == DOCUMENT_CHARS_MAX) {
                throw new BadInputException(
                        start, number, c == END ? "the file ends inside the document" : "the document is too large");
            }
            text.append((char) c);
            if (c == '"') {
                string(text, start);
            } else if (c == '{' || c == '[') {
                depth = deeper(depth, start);
            } else if (c == '}' || c == ']') {
                depth--;
            }
        }
        return new JsonText(text.toString(), start, number);
    }

    private int deeper(int depth, long start) throws BadInputException {
        if (depth == DEPTH_MAX) {
            throw new BadInputException(start, number, "the document is nested deeper than " + DEPTH_MAX + " levels");
        }
        return depth + 1;
    }

    private void string(StringBuilder text, long start) throws IOException, BadInputException {
        for (int c = read(); c != '"'; c = read()) {
            if (c == END || text.length() >= DOCUMENT_CHARS_MAX) {
                throw new BadInputException(start, number, "a string in the document has no end");
            }
            text.append((char) c);
            if (c == '\\') {
                int escaped = read();
                if (escaped != END) {
                    text.append((char) escaped);
                }
            }
        }
        text.append('"');
    }

    private int skipSpace() throws IOException {
        int c = read();
        while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            c = read();
        }
        return c;
    }

    private int read() throws IOException {
        if (at == limit) {
            limit = Math.max(0, reader.read(chunk, 0, CHUNK_CHARS));
            at = 0;
            if (limit == 0) {
                return END;
            }
        }
        char c = chunk[at++];
        if (c == '\n') {
            line++;
        }
        return c;
    }

    private BadInputException bad(String reason) {
        return new BadInputException(line, Math.max(1, number), reason);
    }
}
