package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;

/** {@code $sampleRate} of filters: true by chance, with a given probability. */
final class SampleRate {
    private SampleRate() {}

    static Expression parse(Value rate, CompileContext context) {
        if (!rate.isNumber()) {
            throw FilterParser.bad("argument to $sampleRate must be a numeric type");
        }
        double probability = rate.toDouble();
        // Not the other way round, so that it is true of NaN.
        if (!(probability >= 0 && probability <= 1)) {
            throw FilterParser.bad("numeric argument to $sampleRate must be in [0, 1]");
        }
        DocBuilder isBelow = new DocBuilder().startArray("$lt");
        isBelow.addDocument().append("$rand", Doc.EMPTY).end();
        isBelow.add(Value.of(probability)).end();
        return Expression.compile(Value.document(Doc.of(isBelow.build())), context);
    }
}
