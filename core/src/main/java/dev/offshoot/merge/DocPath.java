package dev.offshoot.merge;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.ShellText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where something is in a document, step by step: through a field, through the element of an array that has an {@code _id}, or through
 * the element at a position. Written {@code items[_id:7].qty} or {@code tags[3]}; a name that would be read as something else stands in
 * brackets and quotes: {@code prices["1.5"]}. The document itself is the path without steps, written as the empty text. Immutable.
 */
public record DocPath(List<Step> steps) {
    /** The document itself. */
    public static final DocPath ROOT = new DocPath(List.of());

    public DocPath {
        steps = List.copyOf(steps);
    }

    /** One step down. */
    public sealed interface Step {}

    /** The field of this name. */
    public record Field(String name) implements Step {}

    /** The element at this position of an array, from 0. */
    public record Position(int index) implements Step {}

    /** The element of an array whose {@code _id} is this one, by MongoDB's equality: 7, 7.0 and NumberLong(7) are the same. */
    public static final class Element implements Step {
        private final Value id;
        private final byte[] key;

        public Element(Value id) {
            this.id = id;
            this.key = new KeyWriter().append(id, false).toBytes();
        }

        public Value id() {
            return id;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Element that && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(key);
        }

        @Override
        public String toString() {
            return "[_id:" + ShellText.of(id) + "]";
        }
    }

    /** The path through these fields. */
    public static DocPath ofFields(String... names) {
        return new DocPath(Arrays.stream(names).<Step>map(Field::new).toList());
    }

    public boolean isRoot() {
        return steps.isEmpty();
    }

    /** The path one step further. */
    public DocPath then(Step step) {
        List<Step> longer = new ArrayList<>(steps.size() + 1);
        longer.addAll(steps);
        longer.add(step);
        return new DocPath(longer);
    }

    /** The path of what this is in, for any but the root. */
    public DocPath parent() {
        return new DocPath(steps.subList(0, steps.size() - 1));
    }

    /** The last step of any but the root. */
    public Step last() {
        return steps.get(steps.size() - 1);
    }

    /**
     * Writes the fields {@code path}, the text, and, where the text alone does not tell the steps, {@code at}: an array with a string for
     * a field, a document {@code {_id: ...}} for an element, an int32 for a position.
     */
    public void appendTo(DocBuilder out) {
        out.append("path", toString());
        if (!isPlain()) {
            out.appendArray("at", toArray());
        }
    }

    /**
     * Reads what {@link #appendTo} wrote.
     *
     * @throws CommandException where the document has no such fields
     */
    public static DocPath of(Doc fields) {
        Value at = fields.get("at");
        Value path = fields.get("path");
        if (at != null) {
            return ofSteps(at);
        }
        if (path == null || !path.isString()) {
            throw bad("'path' has to be a string", fields);
        }
        DocPath plain = ofFields(path.asString().split("\\.", -1));
        if (!plain.isPlain()) {
            throw bad("a path through elements or unusual names needs its steps in 'at'", fields);
        }
        return plain;
    }

    private static DocPath ofSteps(Value at) {
        if (!at.isArray()) {
            throw bad("'at' has to be an array", at);
        }
        List<Step> steps = new ArrayList<>();
        for (Doc.Field step : at.asDoc()) {
            steps.add(step(step.value()));
        }
        return new DocPath(steps);
    }

    private static Step step(Value step) {
        if (step.isString()) {
            return new Field(step.asString());
        }
        if (step.type() == Bson.INT32) {
            return new Position(step.asInt32());
        }
        Value id = step.isDocument() ? step.asDoc().get("_id") : null;
        if (id == null) {
            throw bad("a step is a field's name, an element's {_id: ...} or a position", step);
        }
        return new Element(id);
    }

    private Doc toArray() {
        DocBuilder array = new DocBuilder();
        for (Step step : steps) {
            if (step instanceof Field field) {
                array.add(field.name());
            } else if (step instanceof Element element) {
                array.add(new DocBuilder().append("_id", element.id()).buildDoc());
            } else if (step instanceof Position position) {
                array.add(Value.of(position.index()));
            }
        }
        return array.buildDoc();
    }

    private boolean isPlain() {
        return !isRoot() && steps.stream().allMatch(step -> step instanceof Field field && isPlain(field.name()));
    }

    private static boolean isPlain(String name) {
        return !name.isEmpty() && name.indexOf('.') < 0 && name.indexOf('[') < 0;
    }

    private static CommandException bad(String what, Object found) {
        return new CommandException(ErrorCode.BAD_VALUE, "not a path in a document: " + what + ", found " + found);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            if (step instanceof Field field) {
                append(text, field.name());
            } else if (step instanceof Position position) {
                text.append('[').append(position.index()).append(']');
            } else {
                text.append(step);
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String name) {
        if (isPlain(name)) {
            text.append(text.isEmpty() ? "" : ".").append(name);
        } else {
            text.append('[').append(ShellText.of(Value.of(name))).append(']');
        }
    }
}
