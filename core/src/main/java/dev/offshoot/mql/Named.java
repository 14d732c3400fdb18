package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator with named arguments takes, as {@code {input: ..., find: ...}}, and MongoDB's errors where it gets something
 * else; each of its older operators has its own.
 */
final class Named {
    private final String names;
    private final int notDocument;
    private final String notDocumentMessage;
    private final int unknown;
    private final String unknownMessage;

    /**
     * With the names that are known, separated by blanks. In {@code notDocumentMessage} and {@code unknownMessage}
     * {@code OP} stands for the operator, {@code TYPE} for the type of what it got and {@code ARG} for the name that it got.
     */
    Named(String names, int notDocument, String notDocumentMessage, int unknown, String unknownMessage) {
        this.names = names;
        this.notDocument = notDocument;
        this.notDocumentMessage = notDocumentMessage;
        this.unknown = unknown;
        this.unknownMessage = unknownMessage;
    }

    Given read(String name, Value argument) {
        if (!argument.isDocument()) {
            throw error(
                    notDocument, notDocumentMessage.replace("OP", name).replace("TYPE", Operands.typeName(argument)));
        }
        List<String> known = List.of(names.split(" "));
        Map<String, Value> values = new HashMap<>();
        for (Doc.Field field : argument.asDoc()) {
            if (!known.contains(field.name())) {
                throw error(unknown, unknownMessage.replace("OP", name).replace("ARG", field.name()));
            }
            values.put(field.name(), field.value());
        }
        return new Given(name, values);
    }

    private static CommandException error(int number, String message) {
        ErrorCode code =
                number == ErrorCode.FAILED_TO_PARSE.number() ? ErrorCode.FAILED_TO_PARSE : ErrorCode.location(number);
        return new CommandException(code, message);
    }

    /** The arguments that an operator got. */
    record Given(String name, Map<String, Value> values) {
        boolean has(String argument) {
            return values.containsKey(argument);
        }

        @Nullable
        Value optional(String argument) {
            return values.get(argument);
        }

        /** Refuses the arguments where one of them is not there; in the message {@code OP} stands for the operator. */
        Given require(String argument, int missing, String message) {
            if (!has(argument)) {
                throw error(missing, message.replace("OP", name));
            }
            return this;
        }

        /** An argument that is known to be there. */
        Value get(String argument) {
            Value value = values.get(argument);
            if (value == null) {
                throw new AssertionError(name + " has no " + argument);
            }
            return value;
        }

        /** The compiled argument, or what stands for a value that is missing. */
        Expression expression(String argument, ExpressionParser parser) {
            Value value = values.get(argument);
            return value == null ? ConstantExpression.MISSING : parser.parse(value);
        }

        /** Arguments as operands, in this order; those that are not there are missing values. */
        List<Expression> operands(ExpressionParser parser, String... order) {
            List<Expression> operands = new ArrayList<>();
            for (String argument : order) {
                operands.add(expression(argument, parser));
            }
            return operands;
        }
    }
}
