package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;

/** A keyword without a schema inside it, such as {@code minimum}: values of some types have to pass a check. */
final class SchemaLeaf extends SchemaRule {
    private final String keyword;
    private final Doc specifiedAs;
    private final long types;
    private final Check check;
    private final String reason;
    private final Evidence evidence;

    /** A condition on a value. */
    interface Check {
        boolean holds(int type, byte[] bytes, int offset);
    }

    /** What the error says about the value. */
    interface Evidence {
        void append(Value value, DocBuilder error);

        /** Only the value. */
        Evidence VALUE = (value, error) -> error.append("consideredValue", value);
    }

    /**
     * @param specifiedAs the keyword with its value, and those that belong to it
     * @param types the types that the keyword is about, as {@link ValueTests.Type#bit bits}; all others pass
     */
    SchemaLeaf(Doc specifiedAs, long types, Check check, String reason, Evidence evidence) {
        this.keyword = specifiedAs.first().name();
        this.specifiedAs = specifiedAs;
        this.types = types;
        this.check = check;
        this.reason = reason;
        this.evidence = evidence;
    }

    @Override
    boolean test(int type, byte[] bytes, int offset) {
        return (types & ValueTests.Type.bit(type)) == 0 || check.holds(type, bytes, offset);
    }

    @Override
    void explain(Value value, DocBuilder details) {
        DocBuilder error = details.addDocument()
                .append("operatorName", keyword)
                .append("specifiedAs", specifiedAs)
                .append("reason", reason);
        evidence.append(value, error);
        error.end();
    }
}
