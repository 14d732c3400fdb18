package dev.offshoot.mql;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;

/** What one keyword of a {@code $jsonSchema} asks of a value. A value of a type that the keyword is not about passes. */
abstract class SchemaRule extends ElementTest {
    /** Adds to an array why a value does not pass, as MongoDB's validation error says it. */
    abstract void explain(Value value, DocBuilder details);
}
