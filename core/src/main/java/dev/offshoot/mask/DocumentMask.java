package dev.offshoot.mask;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a mask does to the documents of one collection: a function of their bytes. What it does not hide keeps its bytes and its place. Two
 * masks are equal when they make the same of every document. Immutable, safe for any number of threads.
 */
public final class DocumentMask implements UnaryOperator<byte[]> {
    private final byte[] key;
    private final Doc fields;
    private final MaskPaths paths;
    private final KeyedHash hash;

    /** A mask that goes over what this one leaves; null for none. */
    private final @Nullable DocumentMask over;

    private DocumentMask(byte[] key, Doc fields, MaskPaths paths, KeyedHash hash, @Nullable DocumentMask over) {
        this.key = key;
        this.fields = fields;
        this.paths = paths;
        this.hash = hash;
        this.over = over;
    }

    /**
     * Reads <code>{"path.to.field": "hash" | "redact" | "null" | {fake: KIND}, ...}</code>.
     *
     * @param key what hashes are keyed with; not to be changed
     * @throws CommandException BadValue for what is no rule
     */
    public static DocumentMask of(byte[] key, Doc fields) {
        return new DocumentMask(key, fields, MaskPaths.parse(fields), new KeyedHash(key), null);
    }

    /** This mask, and then another one over what it leaves. */
    public DocumentMask then(DocumentMask next) {
        return new DocumentMask(key, fields, paths, hash, over == null ? next : over.then(next));
    }

    /** The document as it may be seen. */
    @Override
    public byte[] apply(byte[] document) {
        byte[] masked = masked(Doc.of(document), paths).toBytes();
        return over == null ? masked : over.apply(masked);
    }

    private Doc masked(Doc document, MaskPaths at) {
        DocBuilder out = new DocBuilder(document.length() + 32);
        Doc.Fields field = document.fields();
        while (field.next()) {
            MaskPaths below = at.at(field.name());
            if (below == null) {
                out.appendField(field.bytes(), field.nameStart() - 1, field.valueEnd());
            } else {
                out.append(field.name(), masked(field.value(), below));
            }
        }
        return out.buildDoc();
    }

    private Value masked(Value value, MaskPaths at) {
        if (value.isArray()) {
            DocBuilder out = new DocBuilder(value.length() + 32);
            for (Doc.Field element : value.asDoc()) {
                out.append(element.name(), masked(element.value(), at));
            }
            return Value.array(out.buildDoc());
        }
        Replacement replacement = at.replacement();
        if (replacement != null) {
            return Nothing.is(value) ? value : replacement.of(value, hash);
        }
        return value.isDocument() ? Value.document(masked(value.asDoc(), at)) : value;
    }

    /**
     * What is to be stored where a document was changed as it may be seen: what the change left as it was seen keeps the value that was hidden
     * there.
     *
     * @param stored the document before the change
     * @param changed what became of {@code apply(stored)}
     * @throws CommandException BadValue where an array changed and several hidden values could be meant
     */
    public Doc restore(byte[] stored, Doc changed) {
        byte[] seen = masked(Doc.of(stored), paths).toBytes();
        Doc below = over == null ? changed : over.restore(seen, changed);
        return new Restoration(paths).of(Doc.of(stored), Doc.of(seen), below);
    }

    /**
     * Whether what a path leads to depends on hidden values: they are there, around it or within it. A last part of {@code $**} stands for all
     * below the path.
     */
    public boolean touches(String path) {
        List<String> parts = withoutPositions(withoutWildcard(MaskPaths.split(path)));
        for (List<String> hidden : paths.all()) {
            if (isRelated(withoutPositions(hidden), parts)) {
                return true;
            }
        }
        return over != null && over.touches(path);
    }

    private static List<String> withoutWildcard(List<String> parts) {
        int last = parts.size() - 1;
        return parts.get(last).equals("$**") ? parts.subList(0, last) : parts;
    }

    /** Without parts that may be positions in arrays, so that both sides have none. */
    private static List<String> withoutPositions(List<String> parts) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (i == 0 || !parts.get(i).chars().allMatch(c -> c >= '0' && c <= '9')) {
                names.add(parts.get(i));
            }
        }
        return names;
    }

    private static boolean isRelated(List<String> one, List<String> other) {
        int common = Math.min(one.size(), other.size());
        return one.subList(0, common).equals(other.subList(0, common));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof DocumentMask that
                        && fields.equals(that.fields)
                        && Arrays.equals(key, that.key)
                        && Objects.equals(over, that.over));
    }

    @Override
    public int hashCode() {
        return Objects.hash(fields, Arrays.hashCode(key), over);
    }
}
