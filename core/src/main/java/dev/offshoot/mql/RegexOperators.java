package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code $regexMatch}, {@code $regexFind} and {@code $regexFindAll}. */
final class RegexOperators {
    private static final Named ARGUMENTS = new Named(
            "input regex options",
            51103,
            "OP expects an object of named arguments but found: TYPE",
            31024,
            "OP found an unknown argument: ARG");

    private static final int BYTES_MAX = 16 * 1024;

    private RegexOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$regexMatch", operator((matcher, text) -> Value.of(matcher != null && matcher.find())),
                "$regexFind", operator(RegexOperators::first),
                "$regexFindAll", operator(RegexOperators::every));
    }

    /** What to make of the matches; of none where text or pattern are null. */
    private interface Result {
        Value of(@Nullable Matcher matcher, String text);
    }

    private static Operator operator(Result result) {
        return (name, argument, parser) -> {
            Named.Given given = ARGUMENTS
                    .read(name, argument)
                    .require("input", 31022, "OP requires 'input' parameter")
                    .require("regex", 31023, "OP requires 'regex' parameter");
            Expression input = given.expression("input", parser);
            Expression regex = given.expression("regex", parser);
            Expression options = given.expression("options", parser);
            if (!regex.isConstant() || !options.isConstant()) {
                return new Call(name, List.of(input, regex, options), o -> result(o, pattern(o), result));
            }
            Pattern pattern = constant(name, ConstantExpression.value(regex), ConstantExpression.value(options));
            return new Call(name, List.of(input), o -> result(o, pattern, result));
        };
    }

    private static @Nullable Pattern constant(String name, @Nullable Value regex, @Nullable Value options) {
        try {
            return pattern(name, regex, options);
        } catch (CommandException e) {
            throw e.ofConstants();
        }
    }

    private static Value result(Operands operands, @Nullable Pattern pattern, Result result) {
        Value text = operands.get(0);
        if (text == null || Operands.isNullish(text)) {
            return result.of(null, "");
        }
        if (!text.isString()) {
            throw Operands.error(51104, operands.name() + " needs 'input' to be of type string");
        }
        if (pattern == null) {
            return result.of(null, "");
        }
        String searched = text.asString();
        try {
            return result.of(pattern.matcher(RegexTest.limited(searched)), searched);
        } catch (StackOverflowError e) {
            // Java's matcher recurses for each repetition of a group, however harmless the pattern.
            throw Operands.error(
                    51156,
                    "Error occurred while executing the regular expression in " + operands.name()
                            + ". Result code: recursion limit exceeded");
        }
    }

    private static @Nullable Pattern pattern(Operands operands) {
        return pattern(operands.name(), operands.get(1), operands.get(2));
    }

    private static @Nullable Pattern pattern(String name, @Nullable Value regex, @Nullable Value options) {
        Value given = regex == null || Operands.isNullish(regex) ? null : regex;
        if (given != null && !given.isString() && given.type() != Bson.REGEX) {
            throw Operands.error(51105, name + " needs 'regex' to be of type string or regex");
        }
        if (options != null && !Operands.isNullish(options) && !options.isString()) {
            throw Operands.error(51106, name + " needs 'options' to be of type string");
        }
        String flags = options == null || Operands.isNullish(options) ? "" : options.asString();
        if (given == null) {
            return null;
        }
        if (given.isString()) {
            return compiled(name, given.asString(), flags);
        }
        String own = RegexTest.options(given);
        if (!own.isEmpty() && options != null && !Operands.isNullish(options)) {
            throw Operands.error(51107, name + ": found regex option(s) specified in both 'regex' and 'option' fields");
        }
        return compiled(name, RegexTest.source(given), own.isEmpty() ? flags : own);
    }

    private static Pattern compiled(String name, String source, String flags) {
        if (source.indexOf('\0') >= 0) {
            throw Operands.error(51109, name + ": regular expression cannot contain an embedded null byte");
        }
        if (flags.indexOf('\0') >= 0) {
            throw Operands.error(51110, name + ": regular expression options cannot contain an embedded null byte");
        }
        if (source.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            throw Operands.error(51111, "Invalid Regex in " + name + ": regular expression is too large");
        }
        try {
            return RegexTest.compile(source, flags);
        } catch (CommandException e) {
            throw e.code().number() == 51091
                    ? Operands.error(
                            51111,
                            "Invalid Regex in " + name + ": "
                                    + e.message().replace("Regular expression is invalid: ", ""))
                    : new CommandException(e.code(), name + " " + e.message());
        }
    }

    private static Value first(@Nullable Matcher matcher, String text) {
        return matcher != null && matcher.find() ? match(matcher, text) : Value.NULL;
    }

    /** After an empty match the search goes on behind the next character, and not at all at the end of the text. */
    private static Value every(@Nullable Matcher matcher, String text) {
        List<Value> matches = new ArrayList<>();
        int at = 0;
        while (matcher != null && (at == 0 || at < text.length()) && matcher.find(at)) {
            matches.add(match(matcher, text));
            boolean empty = matcher.end() == matcher.start();
            at = !empty
                    ? matcher.end()
                    : matcher.end() < text.length() ? text.offsetByCodePoints(matcher.end(), 1) : text.length() + 1;
        }
        return BsonArrays.of(matches);
    }

    private static Value match(Matcher matcher, String text) {
        List<Value> captures = new ArrayList<>();
        for (int i = 1; i <= matcher.groupCount(); i++) {
            String captured = matcher.group(i);
            captures.add(captured == null ? Value.NULL : Value.of(captured));
        }
        return Value.document(new DocBuilder()
                .append("match", matcher.group())
                .append("idx", text.codePointCount(0, matcher.start()))
                .append("captures", BsonArrays.of(captures))
                .buildDoc());
    }
}
