package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keywords about the fields of a document. */
final class SchemaProperties {
    private SchemaProperties() {}

    /** {@code properties}: schemas for fields by name, for those that are there. */
    static final class Named extends SchemaRule {
        private final Map<String, Schema> schemas;

        Named(Map<String, Schema> schemas) {
            this.schemas = schemas;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            if (type != Bson.DOCUMENT) {
                return true;
            }
            for (Doc.Fields field = Doc.view(bytes, offset).fields(); field.next(); ) {
                Schema schema = schemas.get(field.name());
                if (schema != null && !schema.accepts(field.type(), bytes, field.valueStart())) {
                    return false;
                }
            }
            return true;
        }

        @Override
        void explain(Value value, DocBuilder details) {
            DocBuilder error =
                    details.addDocument().append("operatorName", "properties").startArray("propertiesNotSatisfied");
            schemas.forEach((name, schema) -> {
                Value field = value.asDoc().get(name);
                if (field != null && !schema.accepts(field)) {
                    error.addDocument().append("propertyName", name).appendAll(schema.labels());
                    schema.explainAsDetails(field, error);
                    error.end();
                }
            });
            error.end().end();
        }
    }

    /** A regular expression for names, and the schema of the fields that have such a name. */
    record ByPattern(String source, Pattern pattern, Schema schema) {
        boolean isAbout(String name) {
            return pattern.matcher(RegexTest.limited(name)).find();
        }
    }

    /**
     * {@code patternProperties} and {@code additionalProperties}: schemas for fields by the form of their names, and one for all
     * others.
     */
    static final class Others extends SchemaRule {
        private final Set<String> named;
        private final List<ByPattern> patterns;
        private final boolean allowed;
        private final @Nullable Schema additional;

        /**
         * @param named the fields that {@code properties} names
         * @param allowed whether there may be other fields at all
         * @param additional what they have to be, or null for anything
         */
        Others(Set<String> named, List<ByPattern> patterns, boolean allowed, @Nullable Schema additional) {
            this.named = named;
            this.patterns = patterns;
            this.allowed = allowed;
            this.additional = additional;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            if (type != Bson.DOCUMENT) {
                return true;
            }
            for (Doc.Field field : Doc.view(bytes, offset)) {
                if (failing(field) != null || (isAdditional(field.name()) && !acceptsAdditional(field.value()))) {
                    return false;
                }
            }
            return true;
        }

        /** The first pattern whose schema does not accept the field, or null. */
        private @Nullable ByPattern failing(Doc.Field field) {
            for (ByPattern one : patterns) {
                if (one.isAbout(field.name()) && !one.schema.accepts(field.value())) {
                    return one;
                }
            }
            return null;
        }

        private boolean isAdditional(String name) {
            return !named.contains(name) && patterns.stream().noneMatch(one -> one.isAbout(name));
        }

        private boolean acceptsAdditional(Value value) {
            return allowed && (additional == null || additional.accepts(value));
        }

        @Override
        void explain(Value value, DocBuilder details) {
            explainAdditional(value.asDoc(), details);
            explainPatterns(value.asDoc(), details);
        }

        private void explainAdditional(Doc document, DocBuilder details) {
            List<Doc.Field> others = new ArrayList<>();
            for (Doc.Field field : document) {
                if (isAdditional(field.name()) && !acceptsAdditional(field.value())) {
                    others.add(field);
                }
            }
            if (others.isEmpty()) {
                return;
            }
            DocBuilder error = details.addDocument().append("operatorName", "additionalProperties");
            if (additional == null) {
                error.startDocument("specifiedAs")
                        .append("additionalProperties", false)
                        .end()
                        .startArray("additionalProperties");
                others.forEach(field -> error.add(field.name()));
                error.end();
            } else {
                error.appendAll(additional.labels())
                        .append("reason", "at least one additional property did not match the subschema")
                        .append("failingProperty", others.get(0).name());
                additional.explainAsDetails(others.get(0).value(), error);
            }
            error.end();
        }

        private void explainPatterns(Doc document, DocBuilder details) {
            DocBuilder failures = new DocBuilder();
            failures.startArray("details");
            boolean any = false;
            for (ByPattern one : patterns) {
                for (Doc.Field field : document) {
                    if (one.isAbout(field.name()) && !one.schema.accepts(field.value())) {
                        any = true;
                        failures.addDocument()
                                .append("propertyName", field.name())
                                .appendAll(one.schema.labels())
                                .append("regexMatched", one.source);
                        one.schema.explainAsDetails(field.value(), failures);
                        failures.end();
                        break;
                    }
                }
            }
            Doc explained = failures.end().buildDoc();
            if (any) {
                details.addDocument()
                        .append("operatorName", "patternProperties")
                        .appendAll(explained)
                        .end();
            }
        }
    }

    /** {@code required}: fields that have to be there. */
    static final class Required extends SchemaRule {
        private final Value specified;
        private final List<String> names;

        /** @param names in the order that the error names them in */
        Required(Value specified, List<String> names) {
            this.specified = specified;
            this.names = names;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return type != Bson.DOCUMENT
                    || missing(Doc.view(bytes, offset), names).isEmpty();
        }

        @Override
        void explain(Value value, DocBuilder details) {
            DocBuilder error = details.addDocument()
                    .append("operatorName", "required")
                    .startDocument("specifiedAs")
                    .append("required", specified)
                    .end();
            appendNames("missingProperties", missing(value.asDoc(), names), error);
            error.end();
        }
    }

    /**
     * What the presence of one field asks for: other fields, or a schema for the whole document.
     *
     * @param schema null where it asks for fields
     */
    record Dependency(
            String condition, List<String> names, @Nullable Schema schema) {
        boolean holds(Doc document) {
            return !document.has(condition)
                    || (schema == null ? missing(document, names).isEmpty() : schema.accepts(Value.document(document)));
        }
    }

    /** {@code dependencies}. */
    static final class Dependencies extends SchemaRule {
        private final List<Dependency> dependencies;

        Dependencies(List<Dependency> dependencies) {
            this.dependencies = dependencies;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return type != Bson.DOCUMENT || dependencies.stream().allMatch(one -> one.holds(Doc.view(bytes, offset)));
        }

        @Override
        void explain(Value value, DocBuilder details) {
            DocBuilder error =
                    details.addDocument().append("operatorName", "dependencies").startArray("failingDependencies");
            for (Dependency one : dependencies) {
                if (one.holds(value.asDoc())) {
                    continue;
                }
                error.addDocument().append("conditionalProperty", one.condition);
                if (one.schema == null) {
                    appendNames("missingProperties", missing(value.asDoc(), one.names), error);
                } else {
                    one.schema.explainAsDetails(value, error);
                }
                error.end();
            }
            error.end().end();
        }
    }

    private static List<String> missing(Doc document, List<String> names) {
        return names.stream().filter(name -> !document.has(name)).toList();
    }

    private static void appendNames(String field, List<String> names, DocBuilder out) {
        out.startArray(field);
        names.forEach(out::add);
        out.end();
    }
}
