package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $percentile} and {@code $median}. */
final class Percentiles implements Accumulator {
    private static final String WRONG_P =
            "The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found: ";

    private final TDigest digest = new TDigest();
    private final double[] shares;
    private final boolean median;

    private Percentiles(double[] shares, boolean median) {
        this.shares = shares;
        this.median = median;
    }

    static Accumulation parse(String name, Value argument, ExpressionParser parser) {
        boolean median = name.equals("$median");
        Spec spec = spec(name, argument, median ? 7436100 : 7429703, parser);
        return Accumulation.of(name, spec.input, () -> new Percentiles(spec.shares, median));
    }

    /** What is asked for: of which values, and which percentiles, each from 0 to 1. */
    record Spec(Expression input, double[] shares) {}

    /** The argument of {@code $percentile} or {@code $median}; {@code notDocument} is MongoDB's error number where it is no document. */
    static Spec spec(String name, Value argument, int notDocument, ExpressionParser parser) {
        boolean median = name.equals("$median");
        if (!argument.isDocument()) {
            throw Operands.error(
                    notDocument, "specification must be an object; found " + ShellText.field(name, argument));
        }
        StrictFields fields = median
                ? StrictFields.of(name, argument.asDoc(), "input", "method")
                : StrictFields.of(name, argument.asDoc(), "input", "p", "method");
        Expression input = parser.parse(fields.required("input"));
        double[] shares = median ? new double[] {0.5} : shares(fields.required("p"), parser);
        checkMethod(fields.requiredString("method"));
        return new Spec(input, shares);
    }

    private static void checkMethod(String method) {
        if (!method.equals("approximate")) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "Currently only 'approximate' can be used as percentile 'method'.");
        }
    }

    /** The constant {@code p}. */
    private static double[] shares(Value spec, ExpressionParser parser) {
        Value value = Constants.of(spec, parser);
        if (value == null) {
            throw Operands.error(
                    7750300,
                    "The $percentile 'p' field must be an array of constant values, but found value: "
                            + ShellText.of(spec) + ".");
        }
        List<Value> elements = value.isArray() ? BsonArrays.elements(value) : List.of();
        if (elements.isEmpty()) {
            throw Operands.error(7750301, WRONG_P + ShellText.of(value));
        }
        double[] shares = new double[elements.size()];
        for (int i = 0; i < shares.length; i++) {
            if (!elements.get(i).isNumber()) {
                throw Operands.error(7750302, WRONG_P + ShellText.of(elements.get(i)));
            }
            shares[i] = elements.get(i).toDouble();
            if (shares[i] < 0 || shares[i] > 1) {
                throw Operands.error(7750303, WRONG_P + ShellText.of(elements.get(i)));
            }
        }
        return shares;
    }

    @Override
    public void add(@Nullable Value value) {
        if (value != null && Bson.isNumber(value.type())) {
            digest.add(value.toDouble());
        }
    }

    @Override
    public Value result() {
        if (median) {
            return share(0.5);
        }
        DocBuilder out = new DocBuilder();
        for (int i = 0; i < shares.length; i++) {
            out.append(Integer.toString(i), share(shares[i]));
        }
        return Value.array(out.buildDoc());
    }

    private Value share(double p) {
        return digest.isEmpty() ? Value.NULL : Value.of(digest.percentile(p));
    }

    @Override
    public long heldBytes() {
        return digest.heldBytes();
    }
}
