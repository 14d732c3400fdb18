package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mask.DocumentMask;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a partial branch is asked to show of its parent.
 *
 * @param collections names, or patterns with {@code *}; null for all
 * @param schemaOnly whether documents are left out
 * @param mask <code>{COLLECTION: {PATH: RULE}}</code>; null for none
 * @param salt what hashes are keyed with: bytes that nobody can guess
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record ScopeRequest(
        @Nullable List<String> collections,
        boolean schemaOnly,
        @Nullable Doc mask,
        byte[] salt) {
    /**
     * The scope that this is of a state.
     *
     * @throws CommandException NamespaceNotFound for a collection that is not there, with near names; BadValue for a mask that makes no sense
     */
    Scope of(Snapshot state) {
        DocBuilder doc = new DocBuilder();
        if (collections != null) {
            List<CollectionSnapshot> chosen = chosen(state, collections);
            doc.startArray("collections");
            collections.forEach(doc::add);
            doc.end().startArray("ids");
            chosen.forEach(collection -> doc.add(Value.of(collection.id())));
            doc.end();
        }
        if (schemaOnly) {
            doc.append("schemaOnly", true);
        }
        if (mask != null) {
            if (mask.isEmpty()) {
                throw new CommandException(
                        ErrorCode.BAD_VALUE, "the mask names no collection; it takes {collection: {path: rule}}");
            }
            doc.startArray("masks")
                    .addDocument()
                    .append("salt", Value.binary(salt))
                    .startArray("collections");
            Set<String> named = new HashSet<>();
            for (Doc.Field rules : mask) {
                if (!named.add(rules.name())) {
                    throw new CommandException(
                            ErrorCode.BAD_VALUE,
                            "the mask names the collection '" + rules.name()
                                    + "' twice; put all of its rules in one place");
                }
                append(doc, state, rules);
            }
            doc.end().end().end();
        }
        return Scope.of(doc.buildDoc());
    }

    private static List<CollectionSnapshot> chosen(Snapshot state, List<String> texts) {
        if (texts.isEmpty()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'collections' names none; leave it out for all of them, or name those that the branch is to have");
        }
        List<CollectionSnapshot> chosen = new ArrayList<>();
        for (String text : texts) {
            NamePattern pattern = NamePattern.of(text);
            List<CollectionSnapshot> found = state.all().stream()
                    .filter(collection -> pattern.matches(collection.name()))
                    .toList();
            if (found.isEmpty()) {
                throw unknown(state, text, pattern.isPattern() ? "no collection matches '" : "no collection '");
            }
            found.stream()
                    .filter(one -> chosen.stream().noneMatch(other -> other.id() == one.id()))
                    .forEach(chosen::add);
        }
        return chosen;
    }

    private void append(DocBuilder doc, Snapshot state, Doc.Field rules) {
        CollectionSnapshot collection = state.entry(rules.name());
        boolean shown = collections == null
                || collections.stream().anyMatch(text -> NamePattern.of(text).matches(rules.name()));
        if (collection == null || !shown) {
            throw unknown(state, rules.name(), "the mask names a collection that the branch does not have: '");
        }
        if (collection.isView()) {
            throw new CommandException(
                    ErrorCode.COMMAND_NOT_SUPPORTED_ON_VIEW,
                    "'" + rules.name()
                            + "' is a view; mask the collection that it reads, and the view shows masked values");
        }
        if (!rules.value().isDocument() || rules.value().asDoc().isEmpty()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "the mask of '" + rules.name() + "' takes paths of fields and what to do with them, such as"
                            + " {email: 'hash'}, not " + rules.value());
        }
        DocumentMask.of(salt, rules.value().asDoc());
        doc.addDocument()
                .append("name", collection.name())
                .append("id", collection.id())
                .append("fields", rules.value())
                .end();
    }

    private static CommandException unknown(Snapshot state, String text, String what) {
        return new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                what + text + "'; "
                        + NearNames.hint(
                                "there are",
                                text,
                                state.all().stream()
                                        .map(CollectionSnapshot::name)
                                        .toList()));
    }
}
