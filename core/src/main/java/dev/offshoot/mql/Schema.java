package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.List;

/**
 * A compiled {@code $jsonSchema}, or one inside it: rules that a value has to pass. Immutable, safe for any number of threads.
 *
 * @param labels {@code title} and {@code description}, where it has them
 */
record Schema(List<SchemaRule> rules, Doc labels) {
    boolean accepts(int type, byte[] bytes, int offset) {
        for (SchemaRule rule : rules) {
            if (!rule.test(type, bytes, offset)) {
                return false;
            }
        }
        return true;
    }

    boolean accepts(Value value) {
        return accepts(value.type(), value.bytes(), value.offset());
    }

    /** Adds to an array why a value does not pass: the rules that it breaks. */
    void explain(Value value, DocBuilder details) {
        for (SchemaRule rule : rules) {
            if (!rule.test(value.type(), value.bytes(), value.offset())) {
                rule.explain(value, details);
            }
        }
    }

    /** The same as a field {@code details}. */
    void explainAsDetails(Value value, DocBuilder out) {
        out.startArray("details");
        explain(value, out);
        out.end();
    }

    /** This schema as a condition on whole documents. */
    Matcher toMatcher() {
        return new Matcher() {
            @Override
            boolean matches(byte[] bytes, int offset) {
                return accepts(Bson.DOCUMENT, bytes, offset);
            }
        };
    }
}
