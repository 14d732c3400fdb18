package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code $regexMatch}, {@code $regexFind} and {@code $regexFindAll}. */
final class RegexOperators {
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
            NamedArguments arguments = NamedArguments.of(name, argument, 51103, 31024, "input", "regex", "options");
            Expression input = parser.parse(arguments.required("input", 31022));
            Expression regex = parser.parse(arguments.required("regex", 31023));
            Expression options = arguments.expression("options", parser);
            return scope -> {
                Value text = input.evaluate(scope);
                if (text != null && !Operands.isNullish(text) && !text.isString()) {
                    throw Operands.error(51104, name + " needs 'input' to be of type string");
                }
                Pattern pattern = pattern(name, regex.evaluate(scope), options.evaluate(scope));
                if (text == null || Operands.isNullish(text) || pattern == null) {
                    return result.of(null, "");
                }
                String searched = text.asString();
                return result.of(pattern.matcher(RegexTest.limited(searched)), searched);
            };
        };
    }

    private static @Nullable Pattern pattern(String name, @Nullable Value regex, @Nullable Value options) {
        if (options != null && !Operands.isNullish(options) && !options.isString()) {
            throw Operands.error(51106, name + " needs 'options' to be of type string");
        }
        String flags = options == null || Operands.isNullish(options) ? "" : options.asString();
        if (regex == null || Operands.isNullish(regex)) {
            return null;
        }
        if (regex.isString()) {
            return RegexTest.compile(regex.asString(), flags);
        }
        if (regex.type() != Bson.REGEX) {
            throw Operands.error(51105, name + " needs 'regex' to be of type string or regex");
        }
        String own = RegexTest.options(regex);
        if (!own.isEmpty() && !flags.isEmpty()) {
            throw Operands.error(51107, name + ": found regex option(s) specified in both 'regex' and 'option' fields");
        }
        return RegexTest.compile(RegexTest.source(regex), own.isEmpty() ? flags : own);
    }

    private static Value first(@Nullable Matcher matcher, String text) {
        return matcher != null && matcher.find() ? match(matcher, text) : Value.NULL;
    }

    private static Value every(@Nullable Matcher matcher, String text) {
        List<Value> matches = new ArrayList<>();
        while (matcher != null && matcher.find()) {
            matches.add(match(matcher, text));
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
