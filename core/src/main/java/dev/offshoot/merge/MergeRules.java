package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How documents of a collection are merged: a mode, and strategies for what lies at and below paths. A path is names with dots between
 * them; {@code *} stands for any name or any element of an array, and elements need not be mentioned: {@code items.qty} is the field
 * {@code qty} of {@code items} or of each of its elements, and so is {@code items.*.qty} of each of its elements (or of its fields). The
 * strategy of the longest path that leads to a field decides; of two as long, the one that has a name where the other one has a star.
 * A name that holds a dot cannot be given. Immutable.
 *
 * @param strategies by path
 * @param otherwise {@link MergeStrategy#OURS}, {@link MergeStrategy#THEIRS} or {@link MergeStrategy#BASE}, which decides whatever would
 *     be a conflict; null where conflicts stay conflicts
 */
public record MergeRules(
        MergeMode mode,
        Map<String, MergeStrategy> strategies,
        @Nullable MergeStrategy otherwise) {
    /** Mode {@link MergeMode#FIELD_TOUCHED}, no strategies. */
    public static final MergeRules DEFAULT = of(MergeMode.FIELD_TOUCHED);

    /** @throws CommandException where a path is empty or has an empty part, or {@code otherwise} takes no side */
    public MergeRules {
        strategies = Collections.unmodifiableMap(new LinkedHashMap<>(strategies));
        strategies.keySet().forEach(MergeRules::checkPath);
        if (otherwise != null && !otherwise.isSide()) {
            throw bad("conflicts are decided by 'ours', 'theirs' or 'base', not by '" + otherwise.word()
                    + "'; give other strategies for paths");
        }
    }

    /** The rules of this mode, without strategies. */
    public static MergeRules of(MergeMode mode) {
        return new MergeRules(mode, Map.of(), null);
    }

    /** These rules with one more strategy. */
    public MergeRules with(String path, MergeStrategy strategy) {
        Map<String, MergeStrategy> more = new LinkedHashMap<>(strategies);
        more.put(path, strategy);
        return new MergeRules(mode, more, otherwise);
    }

    /** These rules with a side that decides whatever would be a conflict; null for conflicts to stay conflicts. */
    public MergeRules otherwise(@Nullable MergeStrategy side) {
        return new MergeRules(mode, strategies, side);
    }

    /**
     * Reads {@code {mode: 'fieldTouched', paths: {'stock.qty': 'sum'}, otherwise: 'ours'}}; each of the fields may be missing.
     *
     * @throws CommandException where a field, a mode, a strategy or a path is none
     */
    public static MergeRules of(Doc spec) {
        MergeRules rules = DEFAULT;
        for (Doc.Field field : spec) {
            rules = switch (field.name()) {
                case "mode" -> new MergeRules(MergeMode.named(word(field)), rules.strategies, rules.otherwise);
                case "paths" -> new MergeRules(rules.mode, strategies(field), rules.otherwise);
                case "otherwise" -> rules.otherwise(MergeStrategy.named(word(field)));
                default ->
                    throw bad(
                            "'" + field.name() + "' is unknown in rules of a merge; they have mode, paths, otherwise");
            };
        }
        return rules;
    }

    private static Map<String, MergeStrategy> strategies(Doc.Field paths) {
        if (!paths.value().isDocument()) {
            throw bad("'paths' of a merge has to be a document of paths and strategies, found " + paths.value());
        }
        Map<String, MergeStrategy> strategies = new LinkedHashMap<>();
        for (Doc.Field path : paths.value().asDoc()) {
            strategies.put(path.name(), MergeStrategy.named(word(path)));
        }
        return strategies;
    }

    private static String word(Doc.Field field) {
        if (!field.value().isString()) {
            throw bad("'" + field.name() + "' has to be a string in rules of a merge, found " + field.value());
        }
        return field.value().asString();
    }

    /** The rules as {@link #of(Doc)} reads them. */
    public Doc toDoc() {
        DocBuilder out = new DocBuilder().append("mode", mode.word());
        if (!strategies.isEmpty()) {
            out.startDocument("paths");
            strategies.forEach((path, strategy) -> out.append(path, Value.of(strategy.word())));
            out.end();
        }
        if (otherwise != null) {
            out.append("otherwise", otherwise.word());
        }
        return out.buildDoc();
    }

    /** What holds for the document itself. */
    Rule root() {
        List<Rule.Rest> rests = new ArrayList<>();
        strategies.forEach((path, strategy) -> rests.add(new Rule.Rest(List.of(path.split("\\.", -1)), strategy)));
        rests.sort(Rule.BY_NAMES_FIRST);
        return new Rule(null, rests);
    }

    private static void checkPath(String path) {
        if (List.of(path.split("\\.", -1)).contains("")) {
            throw bad("'" + path
                    + "' is not a path of a strategy; write names with dots between them, such as 'stock.qty'");
        }
    }

    private static CommandException bad(String message) {
        return new CommandException(ErrorCode.BAD_VALUE, message);
    }
}
