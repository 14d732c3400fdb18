package dev.offshoot.mql;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.List;

/** {@code allOf}, {@code anyOf}, {@code oneOf} and {@code not}: schemas that all, some, one or none have to accept a value. */
final class SchemaLogic extends SchemaRule {
    private final String keyword;
    private final List<Schema> schemas;

    SchemaLogic(String keyword, List<Schema> schemas) {
        this.keyword = keyword;
        this.schemas = schemas;
    }

    @Override
    boolean test(int type, byte[] bytes, int offset) {
        int accepting = 0;
        for (Schema schema : schemas) {
            accepting += schema.accepts(type, bytes, offset) ? 1 : 0;
        }
        return switch (keyword) {
            case "allOf" -> accepting == schemas.size();
            case "anyOf" -> accepting > 0;
            case "oneOf" -> accepting == 1;
            default -> accepting == 0;
        };
    }

    @Override
    void explain(Value value, DocBuilder details) {
        DocBuilder error = details.addDocument().append("operatorName", keyword);
        boolean several = schemas.stream().anyMatch(schema -> schema.accepts(value));
        if (keyword.equals("not")) {
            error.append("reason", "child expression matched");
        } else if (keyword.equals("oneOf") && several) {
            error.append("reason", "more than one subschema matched").startArray("matchingSchemaIndexes");
            for (int i = 0; i < schemas.size(); i++) {
                if (schemas.get(i).accepts(value)) {
                    error.add(Value.of(i));
                }
            }
            error.end();
        } else {
            explainFailures(value, error);
        }
        error.end();
    }

    private void explainFailures(Value value, DocBuilder error) {
        error.startArray("schemasNotSatisfied");
        for (int i = 0; i < schemas.size(); i++) {
            Schema schema = schemas.get(i);
            if (!schema.accepts(value)) {
                error.addDocument().append("index", i).appendAll(schema.labels());
                schema.explainAsDetails(value, error);
                error.end();
            }
        }
        error.end();
    }
}
