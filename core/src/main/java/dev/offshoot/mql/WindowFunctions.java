package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All window functions by name. */
final class WindowFunctions {
    private static final Map<String, Parser> BY_NAME = all();

    private WindowFunctions() {}

    /** Compiles a window function. */
    @FunctionalInterface
    interface Parser {
        WindowFunction parse(Call call);
    }

    /**
     * A window function as it is written: its name, its argument, its window, and what is around it.
     *
     * @param window null where none is given
     */
    record Call(
            String name,
            Value argument,
            @Nullable Value window,
            @Nullable Sort sortBy,
            ExpressionParser parser) {
        /** The window; the whole partition where none is given. */
        WindowBounds bounds() {
            return window == null ? WindowBounds.ALL : WindowBounds.parse(window, sortBy, parser);
        }

        void refuseWindow() {
            if (window != null) {
                throw WindowBounds.failed("'window' field is not allowed in " + name);
            }
        }

        /** The one field that is sorted by; {@code error} is MongoDB's number where it is not one. */
        Sort.Part onlyPart(int error) {
            if (sortBy == null || sortBy.parts().size() != 1) {
                throw Operands.error(
                        error, name + " must be specified with a top level sortBy expression with exactly one element");
            }
            return sortBy.parts().get(0);
        }

        /** The value that a document is sorted by, for functions that need a sort by one field. */
        Expression order() {
            if (sortBy == null) {
                throw WindowBounds.failed(name + " requires a sortBy");
            }
            if (sortBy.parts().size() != 1) {
                throw WindowBounds.failed(name + " requires a non-compound sortBy");
            }
            return order(sortBy.parts().get(0));
        }

        static Expression order(Sort.Part part) {
            DottedPath path = DottedPath.parse(part.path());
            return scope -> path.in(scope.root());
        }
    }

    private static Map<String, Parser> all() {
        Map<String, Parser> all = new HashMap<>();
        for (String name : List.of("$sum", "$avg", "$min", "$max", "$push", "$addToSet", "$stdDevPop", "$stdDevSamp")) {
            all.put(
                    name,
                    call -> simple(
                            call, Accumulators.named(call.name, call.parser().collation())));
        }
        for (String name : List.of(
                "$minN",
                "$maxN",
                "$firstN",
                "$lastN",
                "$top",
                "$topN",
                "$bottom",
                "$bottomN",
                "$percentile",
                "$median")) {
            all.put(name, WindowFunctions::accumulated);
        }
        all.put("$count", WindowFunctions::count);
        all.put("$covariancePop", call -> simple(call, () -> new Covariance(false)));
        all.put("$covarianceSamp", call -> simple(call, () -> new Covariance(true)));
        all.put("$expMovingAvg", MovingAverage::parse);
        all.put("$integral", Integral::parse);
        all.put("$derivative", DerivativeFunction::parse);
        all.put("$linearFill", LinearFill::parse);
        all.put("$locf", WindowFunctions::locf);
        all.put("$shift", ShiftFunction::parse);
        all.put("$first", call -> new EndFunction(call.parser.parse(call.argument), call.bounds(), false));
        all.put("$last", call -> new EndFunction(call.parser.parse(call.argument), call.bounds(), true));
        all.put("$rank", RankFunction::parse);
        all.put("$denseRank", RankFunction::parse);
        all.put("$documentNumber", RankFunction::parse);
        return Map.copyOf(all);
    }

    /** Compiles one output of a {@code $setWindowFields}, as {@code {$sum: "$x", window: {documents: [-1, 0]}}}. */
    static WindowFunction parse(Doc spec, @Nullable Sort sortBy, ExpressionParser parser) {
        Doc.Field function = null;
        for (Doc.Field field : spec) {
            if (field.name().startsWith("$")) {
                function = field;
                break;
            }
        }
        if (function == null) {
            throw WindowBounds.failed("Expected a $-prefixed window function"
                    + (spec.isEmpty() ? "" : ", " + spec.first().name()));
        }
        Parser found = BY_NAME.get(function.name());
        if (found == null) {
            throw WindowBounds.failed("Unrecognized window function, " + function.name());
        }
        return found.parse(new Call(function.name(), function.value(), window(spec, function.name()), sortBy, parser));
    }

    /** The window; refuses whatever else stands beside the function. */
    private static @Nullable Value window(Doc spec, String function) {
        Value window = null;
        int functions = 0;
        for (Doc.Field field : spec) {
            if (field.name().equals("window")) {
                window = field.value();
            } else if (!field.name().equals(function) && !BY_NAME.containsKey(field.name())) {
                throw WindowBounds.failed("Window function found an unknown argument: " + field.name());
            } else if (++functions > 1) {
                throw WindowBounds.failed("Cannot specify two functions in window function spec");
            }
        }
        return window;
    }

    /** An accumulator of the argument's value. */
    static WindowFunction simple(Call call, Supplier<Accumulator> accumulator) {
        Accumulation accumulation = Accumulation.of(call.name, call.parser.parse(call.argument), accumulator);
        return new AccumulatedWindow(accumulation, call.bounds());
    }

    private static WindowFunction accumulated(Call call) {
        Accumulation accumulation = Accumulations.parse(new Doc.Field(call.name, call.argument), call.parser);
        return new AccumulatedWindow(accumulation, call.bounds());
    }

    private static WindowFunction count(Call call) {
        if (!call.argument.isDocument() || !call.argument.asDoc().isEmpty()) {
            throw WindowBounds.failed("$count only accepts an empty object as input");
        }
        return accumulated(call);
    }

    private static WindowFunction locf(Call call) {
        call.refuseWindow();
        Accumulation accumulation = Accumulation.of(call.name, call.parser.parse(call.argument), LastObservation::new);
        return new AccumulatedWindow(accumulation, WindowBounds.UP_TO_CURRENT);
    }

    /** All names, for the table of what is supported. */
    static List<String> names() {
        return BY_NAME.keySet().stream().sorted().toList();
    }

    /** The number of milliseconds of a unit, null where there is none. */
    static @Nullable Long unitMillis(@Nullable Value unit) {
        if (unit == null) {
            return null;
        }
        if (!unit.isString()) {
            throw WindowBounds.failed("unit' must be a string, but got " + Bson.typeName(unit.type()));
        }
        TimeUnit found = TimeUnit.parse(unit.asString());
        if (!found.isFixed()) {
            throw Operands.error(5490710, "unit must be 'week' or smaller");
        }
        return found.millis();
    }

    /** The last value that was there. */
    private static final class LastObservation implements Accumulator {
        private Value last = Value.NULL;

        @Override
        public void add(@Nullable Value value) {
            if (value != null && !Accumulations.isNullish(value)) {
                last = value;
            }
        }

        @Override
        public Value result() {
            return last;
        }
    }
}
