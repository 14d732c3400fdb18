package dev.offshoot.mql;

import dev.offshoot.bson.Value;

/** An operator of the expression language: makes an expression from its argument. */
@FunctionalInterface
interface Operator {
    Expression parse(String name, Value argument, ExpressionParser parser);
}
