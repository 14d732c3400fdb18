package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.ArrayPaths;
import dev.offshoot.page.PageRoot;
import dev.offshoot.page.Pages;
import dev.offshoot.page.RawBytes;
import dev.offshoot.page.StoredTree;
import dev.offshoot.page.ValueFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A collection or a view in a page: <code>{id, name, options, bytes, documents, indexes: [{id, spec, arrays, entries}]}</code>, where
 * {@code documents} and {@code entries} are the roots of trees.
 */
final class CollectionFormat implements ValueFormat<CollectionSnapshot> {
    static final CollectionFormat FORMAT = new CollectionFormat();

    private CollectionFormat() {}

    @Override
    public int code() {
        return 2;
    }

    @Override
    public byte[] write(CollectionSnapshot value, Pages pages) {
        DocBuilder doc = new DocBuilder(256)
                .append("id", value.id())
                .append("name", value.name())
                .append("options", value.options())
                .append("bytes", value.dataBytes())
                .append("documents", root(pages.store(value.documents(), RawBytes.FORMAT)))
                .startArray("indexes");
        for (IndexSnapshot index : value.indexes()) {
            doc.addDocument()
                    .append("id", index.id())
                    .append("spec", index.spec())
                    .startArray("arrays");
            for (long parts : index.arrays().toArray()) {
                doc.add(Value.of(parts));
            }
            doc.end()
                    .append("entries", root(pages.store(index.entries(), RawBytes.FORMAT)))
                    .end();
        }
        return doc.end().build();
    }

    @Override
    public CollectionSnapshot read(byte[] bytes, Pages pages) {
        Doc doc = Doc.of(bytes);
        List<IndexSnapshot> indexes = new ArrayList<>();
        for (Doc.Field index : Fields.need(doc, "indexes").asDoc()) {
            indexes.add(index(index.value().asDoc(), pages));
        }
        return new CollectionSnapshot(
                Fields.need(doc, "id").asInt64(),
                Fields.need(doc, "name").asString(),
                CollectionOptions.of(Doc.of(Fields.need(doc, "options").asDoc().toBytes())),
                pages.open(root(doc, "documents"), RawBytes.FORMAT),
                List.copyOf(indexes),
                Fields.need(doc, "bytes").asInt64());
    }

    private static IndexSnapshot index(Doc index, Pages pages) {
        Doc arrays = Fields.need(index, "arrays").asDoc();
        long[] parts = new long[arrays.count()];
        int at = 0;
        for (Doc.Field field : arrays) {
            parts[at++] = field.value().asInt64();
        }
        return new IndexSnapshot(
                Fields.need(index, "id").asInt64(),
                IndexDefinition.of(Doc.of(Fields.need(index, "spec").asDoc().toBytes())),
                parts.length == 0 ? ArrayPaths.NONE : ArrayPaths.of(parts),
                pages.open(root(index, "entries"), RawBytes.FORMAT));
    }

    @Override
    public boolean hasTrees() {
        return true;
    }

    @Override
    public void trees(byte[] bytes, Consumer<StoredTree<?>> tree) {
        Doc doc = Doc.of(bytes);
        tree.accept(new StoredTree<>(root(doc, "documents"), RawBytes.FORMAT));
        for (Doc.Field index : Fields.need(doc, "indexes").asDoc()) {
            tree.accept(new StoredTree<>(root(index.value().asDoc(), "entries"), RawBytes.FORMAT));
        }
    }

    private static Value root(PageRoot root) {
        return Value.binary(root.toBytes());
    }

    private static PageRoot root(Doc doc, String name) {
        return PageRoot.of(Fields.need(doc, name).asBinary());
    }
}
