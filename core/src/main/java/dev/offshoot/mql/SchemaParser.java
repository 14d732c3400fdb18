package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code $jsonSchema} with MongoDB's checks and their wording: draft 4 of the standard, without {@code $ref}, {@code default},
 * {@code definitions}, {@code format} and {@code integer}, and with {@code bsonType}. Rules come in the order in which MongoDB's errors
 * name them.
 */
final class SchemaParser {
    private static final int DEPTH_MAX = 100;
    private static final Set<String> UNSUPPORTED =
            Set.of("$ref", "$schema", "default", "definitions", "format", "id", "encrypt", "encryptMetadata");
    private static final Set<String> KEYWORDS = Set.of(
            "additionalItems",
            "additionalProperties",
            "allOf",
            "anyOf",
            "bsonType",
            "dependencies",
            "description",
            "enum",
            "exclusiveMaximum",
            "exclusiveMinimum",
            "items",
            "maxItems",
            "maxLength",
            "maxProperties",
            "maximum",
            "minItems",
            "minLength",
            "minProperties",
            "minimum",
            "multipleOf",
            "not",
            "oneOf",
            "pattern",
            "patternProperties",
            "properties",
            "required",
            "title",
            "type",
            "uniqueItems");

    private final Map<String, Value> keywords = new LinkedHashMap<>();
    private final List<SchemaRule> rules = new ArrayList<>();
    private final boolean root;
    private final int depth;

    private SchemaParser(Doc schema, boolean root, int depth) {
        this.root = root;
        this.depth = depth;
        if (depth > DEPTH_MAX) {
            throw FilterParser.bad("exceeded maximum depth of " + DEPTH_MAX + " in $jsonSchema");
        }
        for (Doc.Field field : schema) {
            if (UNSUPPORTED.contains(field.name())) {
                throw failed("$jsonSchema keyword '" + field.name() + "' is not currently supported");
            }
            if (!KEYWORDS.contains(field.name())) {
                throw failed("Unknown $jsonSchema keyword: " + field.name());
            }
            if (keywords.put(field.name(), field.value()) != null) {
                throw failed("Duplicate $jsonSchema keyword: " + field.name());
            }
        }
    }

    static Schema parse(Value value) {
        if (!value.isDocument()) {
            throw mismatch("$jsonSchema must be an object");
        }
        return new SchemaParser(value.asDoc(), true, 0).parse();
    }

    private Schema nested(Doc schema) {
        return new SchemaParser(schema, false, depth + 1).parse();
    }

    /** A schema for the same value as this one. */
    private Schema sameLevel(Doc schema) {
        return new SchemaParser(schema, root, depth + 1).parse();
    }

    private Schema parse() {
        Doc labels = labels();
        SchemaRule type = type();
        new SchemaScalars(keywords, rules).parse();
        items();
        objects();
        logic();
        if (type != null) {
            rules.add(type);
        }
        return new Schema(List.copyOf(rules), labels);
    }

    private Doc labels() {
        DocBuilder labels = new DocBuilder();
        for (String keyword : List.of("title", "description")) {
            Value label = keywords.get(keyword);
            if (label != null && !label.isString()) {
                throw mismatch("$jsonSchema keyword '" + keyword + "' must be of type string");
            }
            if (label != null) {
                labels.append(keyword, label);
            }
        }
        return labels.buildDoc();
    }

    private @Nullable SchemaRule type() {
        Value type = keywords.get("type");
        Value bsonType = keywords.get("bsonType");
        if (type != null && bsonType != null) {
            throw failed("Cannot specify both $jsonSchema keywords 'type' and 'bsonType'");
        }
        if (type == null && bsonType == null) {
            return null;
        }
        String keyword = type != null ? "type" : "bsonType";
        Value specified = type != null ? type : bsonType;
        long types = SchemaTypes.parse(keyword, specified == null ? Value.NULL : specified);
        boolean never = root && (types & ValueTests.Type.bit(Bson.DOCUMENT)) == 0;
        return new SchemaLeaf(
                SchemaScalars.specified(keyword, specified),
                -1L,
                (t, bytes, offset) -> (types & ValueTests.Type.bit(t)) != 0,
                never ? "expression always evaluates to false" : "type did not match",
                (value, error) -> {
                    if (!never) {
                        error.append("consideredValue", value).append("consideredType", Bson.typeName(value.type()));
                    }
                });
    }

    // ---- arrays

    private void items() {
        Value items = keywords.get("items");
        int listed = -1;
        if (items != null && items.isArray()) {
            List<Schema> schemas = new ArrayList<>();
            for (Value element : BsonArrays.elements(items)) {
                if (!element.isDocument()) {
                    throw mismatch("$jsonSchema keyword 'items' requires that each element of the array is an object,"
                            + " but found a " + Bson.typeName(element.type()));
                }
                schemas.add(nested(element.asDoc()));
            }
            listed = schemas.size();
            rules.add(new SchemaItems.Each(schemas));
        } else if (items != null && items.isDocument()) {
            rules.add(new SchemaItems.All("items", nested(items.asDoc()), 0));
        } else if (items != null) {
            throw mismatch(
                    "$jsonSchema keyword 'items' must be an array or an object, not " + Bson.typeName(items.type()));
        }
        additionalItems(listed);
    }

    /** @param listed how many elements have a schema of their own; -1 where {@code items} is no list */
    private void additionalItems(int listed) {
        Value additional = keywords.get("additionalItems");
        if (additional == null) {
            return;
        }
        if (additional.type() != Bson.BOOLEAN && !additional.isDocument()) {
            throw mismatch("$jsonSchema keyword 'additionalItems' must be either an object or a boolean, but got a "
                    + Bson.typeName(additional.type()));
        }
        Schema schema = additional.isDocument() ? nested(additional.asDoc()) : null;
        if (listed >= 0 && !additional.equals(Value.TRUE)) {
            rules.add(new SchemaItems.All("additionalItems", schema, listed));
        }
    }

    // ---- documents

    private void objects() {
        Value specified = keywords.get("required");
        List<String> required = specified == null ? List.of() : required(specified);
        Map<String, Schema> properties = properties();
        if (!properties.isEmpty()) {
            rules.add(new SchemaProperties.Named(properties));
        }
        otherProperties(properties.keySet());
        if (specified != null) {
            rules.add(new SchemaProperties.Required(specified, required));
        }
        SchemaScalars.addPropertyCounts(keywords, rules);
        Value dependencies = keywords.get("dependencies");
        if (dependencies != null) {
            rules.add(new SchemaProperties.Dependencies(dependencies(dependencies)));
        }
    }

    private static List<String> required(Value specified) {
        if (!specified.isArray()) {
            throw mismatch("$jsonSchema keyword 'required' must be an array, but found an element of type "
                    + Bson.typeName(specified.type()));
        }
        Set<String> names = new TreeSet<>();
        for (Value name : BsonArrays.elements(specified)) {
            if (!name.isString()) {
                throw mismatch("$jsonSchema keyword 'required' must be an array of strings, but found an element of"
                        + " type: " + Bson.typeName(name.type()));
            }
            if (!names.add(name.asString())) {
                throw failed("$jsonSchema keyword 'required' array cannot contain duplicate values");
            }
        }
        if (names.isEmpty()) {
            throw failed("$jsonSchema keyword 'required' cannot be an empty array");
        }
        return List.copyOf(names);
    }

    private Map<String, Schema> properties() {
        Map<String, Schema> schemas = new LinkedHashMap<>();
        Value properties = keywords.get("properties");
        if (properties == null) {
            return schemas;
        }
        for (Doc.Field property : object("properties", properties)) {
            if (!property.value().isDocument()) {
                throw mismatch("Nested schema for $jsonSchema property '" + property.name() + "' must be an object");
            }
            schemas.put(property.name(), nested(property.value().asDoc()));
        }
        return schemas;
    }

    private void otherProperties(Set<String> named) {
        Value patterns = keywords.get("patternProperties");
        Value additional = keywords.get("additionalProperties");
        if (patterns == null && additional == null) {
            return;
        }
        List<SchemaProperties.ByPattern> byPattern = new ArrayList<>();
        for (Doc.Field one : patterns == null ? Doc.EMPTY : object("patternProperties", patterns)) {
            if (!one.value().isDocument()) {
                throw mismatch("$jsonSchema keyword 'patternProperties' has property '" + one.name()
                        + "' which is not an object");
            }
            byPattern.add(new SchemaProperties.ByPattern(
                    one.name(),
                    RegexTest.compile(one.name(), ""),
                    nested(one.value().asDoc())));
        }
        if (additional != null && additional.type() != Bson.BOOLEAN && !additional.isDocument()) {
            throw mismatch("$jsonSchema keyword 'additionalProperties' must be an object or a boolean");
        }
        Schema schema = additional != null && additional.isDocument() ? nested(additional.asDoc()) : null;
        boolean allowed = additional == null || !additional.equals(Value.FALSE);
        rules.add(new SchemaProperties.Others(Set.copyOf(named), byPattern, allowed, schema));
    }

    private List<SchemaProperties.Dependency> dependencies(Value specified) {
        List<SchemaProperties.Dependency> all = new ArrayList<>();
        for (Doc.Field one : object("dependencies", specified)) {
            if (one.value().isDocument()) {
                all.add(new SchemaProperties.Dependency(
                        one.name(), List.of(), sameLevel(one.value().asDoc())));
            } else if (one.value().isArray()) {
                all.add(new SchemaProperties.Dependency(one.name(), dependentNames(one), null));
            } else {
                throw mismatch("property '" + one.name()
                        + "' in $jsonSchema keyword 'dependencies' must be either an object or an array");
            }
        }
        return all;
    }

    private static List<String> dependentNames(Doc.Field dependency) {
        String where = "array '" + dependency.name() + "' in $jsonSchema keyword 'dependencies' ";
        List<String> names = new ArrayList<>();
        for (Value name : BsonArrays.elements(dependency.value())) {
            if (!name.isString()) {
                throw mismatch(
                        where + "can only contain strings, but found element of type: " + Bson.typeName(name.type()));
            }
            if (names.contains(name.asString())) {
                throw failed(where + "contains duplicate element: " + name.asString());
            }
            names.add(name.asString());
        }
        if (names.isEmpty()) {
            throw failed("property '" + dependency.name()
                    + "' in $jsonSchema keyword 'dependencies' cannot be an empty array");
        }
        return names;
    }

    // ---- logic

    private void logic() {
        for (String keyword : List.of("allOf", "anyOf", "oneOf")) {
            Value list = keywords.get(keyword);
            if (list != null) {
                rules.add(new SchemaLogic(keyword, schemas(keyword, list)));
            }
        }
        Value not = keywords.get("not");
        if (not != null && !not.isDocument()) {
            throw mismatch("$jsonSchema keyword 'not' must be an object, but found an element of type "
                    + Bson.typeName(not.type()));
        }
        if (not != null) {
            rules.add(new SchemaLogic("not", List.of(sameLevel(not.asDoc()))));
        }
        Value values = keywords.get("enum");
        if (values != null) {
            rules.add(SchemaScalars.oneOf(values));
        }
    }

    private List<Schema> schemas(String keyword, Value list) {
        if (!list.isArray()) {
            throw mismatch("$jsonSchema keyword '" + keyword + "' must be an array");
        }
        List<Schema> schemas = new ArrayList<>();
        for (Value element : BsonArrays.elements(list)) {
            if (!element.isDocument()) {
                throw mismatch("$jsonSchema keyword '" + keyword
                        + "' must be an array of objects, but found an element of type "
                        + Bson.typeName(element.type()));
            }
            schemas.add(sameLevel(element.asDoc()));
        }
        if (schemas.isEmpty()) {
            throw FilterParser.bad("$jsonSchema keyword '" + keyword + "' must be a non-empty array");
        }
        return schemas;
    }

    private static Doc object(String keyword, Value value) {
        if (!value.isDocument()) {
            throw mismatch("$jsonSchema keyword '" + keyword + "' must be an object");
        }
        return value.asDoc();
    }

    static CommandException failed(String message) {
        return new CommandException(ErrorCode.FAILED_TO_PARSE, message);
    }

    static CommandException mismatch(String message) {
        return new CommandException(ErrorCode.TYPE_MISMATCH, message);
    }
}
