package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A document of expressions; fields whose value is missing are left out. */
record ObjectExpression(Map<String, Expression> fields) implements Expression {
    static Expression parse(Doc spec, ExpressionParser parser) {
        Map<String, Expression> fields = new LinkedHashMap<>();
        for (Doc.Field field : spec) {
            DottedPath.checkName(field.name());
            if (fields.put(field.name(), parser.parse(field.value())) != null) {
                throw new CommandException(
                        ErrorCode.location(16406),
                        "duplicate field name specified in object literal: " + ShellText.of(spec));
            }
        }
        return ConstantExpression.folded(new ObjectExpression(fields), List.copyOf(fields.values()));
    }

    @Override
    public Value evaluate(Scope scope) {
        DocBuilder out = new DocBuilder();
        for (Map.Entry<String, Expression> field : fields.entrySet()) {
            Value value = field.getValue().evaluate(scope);
            if (value != null) {
                out.append(field.getKey(), value);
            }
        }
        return Value.document(out.buildDoc());
    }
}
