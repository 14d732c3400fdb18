package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code items} and {@code additionalItems}: what the elements of an array have to be. */
final class SchemaItems {
    private SchemaItems() {}

    /** One schema for all elements from an index on; null for a schema that accepts nothing. */
    static final class All extends SchemaRule {
        private final String keyword;
        private final @Nullable Schema schema;
        private final int from;

        All(String keyword, @Nullable Schema schema, int from) {
            this.keyword = keyword;
            this.schema = schema;
            this.from = from;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return type != Bson.ARRAY || firstFailure(Doc.view(bytes, offset)) < 0;
        }

        private int firstFailure(Doc array) {
            int index = 0;
            for (Doc.Fields element = array.fields(); element.next(); index++) {
                if (index >= from
                        && (schema == null || !schema.accepts(element.type(), array.bytes(), element.valueStart()))) {
                    return index;
                }
            }
            return -1;
        }

        @Override
        void explain(Value value, DocBuilder details) {
            List<Value> elements = BsonArrays.elements(value);
            DocBuilder error = details.addDocument().append("operatorName", keyword);
            if (schema == null) {
                error.startDocument("specifiedAs")
                        .append(keyword, false)
                        .end()
                        .append("reason", "found additional items")
                        .append(keyword, BsonArrays.of(elements.subList(from, elements.size())));
            } else {
                int index = firstFailure(value.asDoc());
                error.appendAll(schema.labels())
                        .append(
                                "reason",
                                "At least one " + (keyword.equals("items") ? "item" : "additional item")
                                        + " did not match the sub-schema")
                        .append("itemIndex", index);
                schema.explainAsDetails(elements.get(index), error);
            }
            error.end();
        }
    }

    /** A schema for each of the first elements. */
    static final class Each extends SchemaRule {
        private final List<Schema> schemas;

        Each(List<Schema> schemas) {
            this.schemas = schemas;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            if (type != Bson.ARRAY) {
                return true;
            }
            int index = 0;
            Doc.Fields element = Doc.view(bytes, offset).fields();
            while (index < schemas.size() && element.next()) {
                if (!schemas.get(index++).accepts(element.type(), bytes, element.valueStart())) {
                    return false;
                }
            }
            return true;
        }

        @Override
        void explain(Value value, DocBuilder details) {
            List<Value> elements = BsonArrays.elements(value);
            DocBuilder error =
                    details.addDocument().append("operatorName", "items").startArray("details");
            for (int i = 0; i < Math.min(schemas.size(), elements.size()); i++) {
                if (!schemas.get(i).accepts(elements.get(i))) {
                    error.addDocument().append("itemIndex", i);
                    schemas.get(i).explainAsDetails(elements.get(i), error);
                    error.end();
                }
            }
            error.end().end();
        }
    }
}
