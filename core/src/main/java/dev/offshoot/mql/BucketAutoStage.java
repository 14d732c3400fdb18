package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $bucketAuto}: groups sorted values into buckets of about the same number of documents. */
record BucketAutoStage(
        Expression groupBy,
        int buckets,
        List<Accumulation.Output> outputs,
        @Nullable Granularity granularity,
        Collation collation)
        implements Stage {

    static BucketAutoStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw Operands.error(
                    40240,
                    "The argument to $bucketAuto must be an object, but found type: " + Bson.typeName(argument.type()));
        }
        ExpressionParser parser = new ExpressionParser(compile);
        Expression groupBy = null;
        Integer buckets = null;
        Doc output = null;
        Granularity granularity = null;
        for (Doc.Field field : argument.asDoc()) {
            switch (field.name()) {
                case "groupBy" -> groupBy = groupBy(field.value(), parser);
                case "buckets" -> buckets = buckets(field.value());
                case "output" -> output = output(field.value());
                case "granularity" -> granularity = granularity(field.value());
                default -> throw Operands.error(40245, "Unrecognized option to $bucketAuto: " + field.name());
            }
        }
        if (groupBy == null || buckets == null) {
            throw Operands.error(40246, "$bucketAuto requires 'groupBy' and 'buckets' to be specified");
        }
        if (buckets <= 0) {
            throw Operands.error(
                    40243, "The $bucketAuto 'buckets' field must be greater than 0, but found: " + buckets);
        }
        Doc fields = output == null || output.isEmpty() ? null : output;
        return new BucketAutoStage(
                groupBy, buckets, BucketStage.outputs(fields, parser), granularity, compile.collation());
    }

    private static Expression groupBy(Value value, ExpressionParser parser) {
        boolean expression = value.isDocument()
                && !value.asDoc().isEmpty()
                && value.asDoc().first().name().startsWith("$");
        boolean path = value.isString()
                && value.asString().startsWith("$")
                && !value.asString().equals("$");
        if (!expression && !path) {
            throw Operands.error(
                    40239,
                    "The $bucketAuto 'groupBy' field must be defined as a $-prefixed path or an expression object, but"
                            + " found: " + ShellText.of(value));
        }
        return parser.parse(value);
    }

    private static int buckets(Value value) {
        if (!value.isNumber()) {
            throw Operands.error(
                    40241,
                    "The $bucketAuto 'buckets' field must be a numeric value, but found type: "
                            + Bson.typeName(value.type()));
        }
        if (!Numbers.isWhole(value) || value.toLong() != (int) value.toLong()) {
            throw Operands.error(
                    40242,
                    "The $bucketAuto 'buckets' field must be representable as a 32-bit integer, but found "
                            + NumberText.of(value.toDouble(), false));
        }
        return (int) value.toLong();
    }

    private static Doc output(Value value) {
        if (!value.isDocument()) {
            throw Operands.error(
                    40244,
                    "The $bucketAuto 'output' field must be an object, but found type: " + Bson.typeName(value.type()));
        }
        return value.asDoc();
    }

    private static Granularity granularity(Value value) {
        if (!value.isString()) {
            throw Operands.error(
                    40261,
                    "The $bucketAuto 'granularity' field must be a string, but found type: "
                            + Bson.typeName(value.type()));
        }
        return Granularity.named(value.asString());
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> {
            Sorter sorter = new Sorter(new ByKey(this, context), Long.MAX_VALUE, context);
            long count = 0;
            for (; input.hasNext(); count++) {
                sorter.add(input.next());
            }
            return new Buckets(this, sorter.sorted(), count, context);
        });
    }

    Value key(Doc document, PipelineContext context) {
        Value key = groupBy.evaluate(document, context);
        if (granularity != null) {
            Granularity.check(key);
        }
        return key == null ? Value.NULL : key;
    }

    private record ByKey(BucketAutoStage stage, PipelineContext context) implements DocOrder {
        @Override
        public Value[] key(Doc document) {
            return new Value[] {stage.collation.key(stage.key(document, context))};
        }

        @Override
        public int compare(Value[] a, Value[] b) {
            return BsonOrder.compare(a[0], b[0]);
        }
    }

    /** Cuts sorted documents into buckets: a bucket goes on until its last value does not come again. */
    private static final class Buckets extends Iterators.Ahead {
        private final BucketAutoStage stage;
        private final PipelineContext context;
        private final Iterator<Doc> sorted;
        private final long size;
        private int number;
        private @Nullable Doc ahead;
        private Value aheadKey = Value.NULL;
        private @Nullable Value min;
        private Value max = Value.NULL;
        private Accumulator[] accumulators = {};

        Buckets(BucketAutoStage stage, Iterator<Doc> sorted, long count, PipelineContext context) {
            this.stage = stage;
            this.sorted = sorted;
            this.context = context;
            this.size = Math.max(1, Math.round((double) count / stage.buckets));
            advance();
        }

        private void advance() {
            ahead = sorted.hasNext() ? sorted.next() : null;
            if (ahead != null) {
                aheadKey = stage.key(ahead, context);
            }
        }

        @Override
        @Nullable
        Doc find() {
            if (ahead == null || number == stage.buckets) {
                return null;
            }
            number++;
            begin();
            for (long i = 0; ahead != null && (i < size || number == stage.buckets); i++) {
                take(ahead);
            }
            finish();
            Doc result = result();
            min = max;
            return result;
        }

        private void begin() {
            accumulators = new Accumulator[stage.outputs.size()];
            for (int i = 0; i < accumulators.length; i++) {
                accumulators[i] = stage.outputs.get(i).accumulation().begin(Doc.EMPTY, context);
            }
            if (stage.granularity == null) {
                min = aheadKey;
            } else if (min == null) {
                min = stage.granularity.roundDown(aheadKey);
            }
        }

        private void take(Doc document) {
            Scope scope = Scope.of(document, context);
            for (int i = 0; i < accumulators.length; i++) {
                accumulators[i].add(
                        stage.outputs.get(i).accumulation().argument().evaluate(scope));
            }
            max = aheadKey;
            advance();
        }

        private void finish() {
            Value last = max;
            Value boundary = stage.granularity == null ? last : stage.granularity.roundUp(last);
            while (ahead != null
                    && (stage.collation.compare(aheadKey, last) == 0
                            || stage.collation.compare(aheadKey, boundary) < 0)) {
                take(ahead);
                last = max;
            }
            if (stage.granularity == null) {
                max = ahead == null ? last : aheadKey;
            } else if (boundary.toDouble() == 0 && ahead != null) {
                max = stage.granularity.roundDown(aheadKey);
            } else {
                max = boundary;
            }
        }

        private Doc result() {
            DocBuilder out = new DocBuilder().startDocument("_id");
            out.append("min", min == null ? Value.NULL : min).append("max", max).end();
            for (int i = 0; i < accumulators.length; i++) {
                out.append(stage.outputs.get(i).name(), accumulators[i].result());
            }
            return out.buildDoc();
        }
    }
}
