package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Snapshot;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * By which rules a merge goes.
 *
 * @param collections the rules of collections, by their names on our side; {@link #ANY} has those of all others. None of them says what
 *     decides otherwise
 * @param strategy which version is taken wherever there would be a conflict, except one of type {@link ConflictType#VALIDATION}; null for
 *     conflicts to stay conflicts
 */
public record MergeSettings(
        Map<String, MergeRules> collections, @Nullable MergeStrategy strategy) {
    /** The name that stands for all collections without rules of their own. */
    public static final String ANY = "*";

    /** Mode {@link MergeMode#FIELD_TOUCHED} everywhere, no strategies. */
    public static final MergeSettings DEFAULT = new MergeSettings(Map.of(), null);

    public MergeSettings {
        collections = Collections.unmodifiableMap(new LinkedHashMap<>(collections));
        if (strategy != null && strategy != MergeStrategy.OURS && strategy != MergeStrategy.THEIRS) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "the strategy of a merge is 'ours' or 'theirs', not '" + strategy.word()
                            + "'; give other strategies for paths");
        }
    }

    /**
     * Reads {@code {strategy: 'ours', modes: {items: 'fieldDivergent'}, paths: {items: {'stock.qty': 'sum'}}}}; each of the fields may be
     * missing.
     *
     * @throws CommandException where a field, a mode, a strategy or a path is none
     */
    public static MergeSettings of(Doc spec) {
        Map<String, MergeRules> modes = Map.of();
        Map<String, MergeRules> paths = Map.of();
        MergeStrategy strategy = null;
        for (Doc.Field field : spec) {
            switch (field.name()) {
                case "strategy" -> strategy = MergeStrategy.named(string(field));
                case "modes" -> modes = read(field, "mode");
                case "paths" -> paths = read(field, "paths");
                default ->
                    throw new CommandException(
                            ErrorCode.BAD_VALUE,
                            "'" + field.name() + "' is unknown in the settings of a merge; they have strategy, modes,"
                                    + " paths");
            }
        }
        Map<String, MergeRules> collections = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>(modes.keySet());
        names.addAll(paths.keySet());
        for (String name : names) {
            collections.put(
                    name, new MergeRules(of(modes, name).mode(), of(paths, name).strategies(), null));
        }
        return new MergeSettings(collections, strategy);
    }

    private static MergeRules of(Map<String, MergeRules> rules, String collection) {
        MergeRules own = rules.get(collection);
        return own == null ? rules.getOrDefault(ANY, MergeRules.DEFAULT) : own;
    }

    /** One of the rules, by collection. */
    private static Map<String, MergeRules> read(Doc.Field byCollection, String rule) {
        if (!byCollection.value().isDocument()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + byCollection.name() + "' of a merge has to be a document by collection, found "
                            + byCollection.value());
        }
        Map<String, MergeRules> rules = new LinkedHashMap<>();
        for (Doc.Field field : byCollection.value().asDoc()) {
            rules.put(
                    field.name(),
                    MergeRules.of(new DocBuilder().append(rule, field.value()).buildDoc()));
        }
        return rules;
    }

    private static String string(Doc.Field field) {
        if (!field.value().isString()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + field.name() + "' of a merge has to be a string, found " + field.value());
        }
        return field.value().asString();
    }

    /** The settings as {@link #of} reads them. */
    public Doc toDoc() {
        DocBuilder out = new DocBuilder();
        if (strategy != null) {
            out.append("strategy", strategy.word());
        }
        out.startDocument("modes");
        collections.forEach((name, rules) -> out.append(name, rules.mode().word()));
        out.end().startDocument("paths");
        collections.forEach((name, rules) -> {
            out.startDocument(name);
            rules.strategies().forEach((path, one) -> out.append(path, one.word()));
            out.end();
        });
        return out.end().buildDoc();
    }

    /** The rules of a collection. */
    MergeRules rules(String collection) {
        return of(collections, collection);
    }

    /** The names that no collection has on any side, so that what is said of them says nothing. */
    public List<String> unknown(Sides<Snapshot> sides) {
        return collections.keySet().stream()
                .filter(name -> !name.equals(ANY)
                        && Stream.of(sides.base(), sides.ours(), sides.theirs())
                                .allMatch(side -> side.entry(name) == null))
                .toList();
    }

    MergeSettings withoutStrategy() {
        return new MergeSettings(collections, null);
    }
}
