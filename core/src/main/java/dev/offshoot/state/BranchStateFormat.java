package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.page.PageRoot;
import dev.offshoot.page.Pages;
import dev.offshoot.page.StoredTree;
import dev.offshoot.page.ValueFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of a branch in a page: <code>{head: {branch, lsn, names, collections}, base: ...}</code>, where {@code names} and
 * {@code collections} are the roots of trees; {@code base} is missing for a first branch.
 */
final class BranchStateFormat implements ValueFormat<BranchState> {
    static final BranchStateFormat FORMAT = new BranchStateFormat();

    private BranchStateFormat() {}

    @Override
    public int code() {
        return 5;
    }

    @Override
    public byte[] write(BranchState value, Pages pages) {
        DocBuilder doc = new DocBuilder(256);
        write("head", value.head(), pages, doc);
        Snapshot base = value.base();
        if (base != null) {
            write("base", base, pages, doc);
        }
        return doc.build();
    }

    private static void write(String name, Snapshot snapshot, Pages pages, DocBuilder doc) {
        byte[] names = pages.store(snapshot.byName(), NumberFormat.FORMAT).toBytes();
        byte[] collections =
                pages.store(snapshot.collections(), CollectionFormat.FORMAT).toBytes();
        doc.startDocument(name)
                .append("branch", snapshot.branch())
                .append("lsn", snapshot.lsn())
                .append("names", Value.binary(names))
                .append("collections", Value.binary(collections))
                .end();
    }

    @Override
    public BranchState read(byte[] bytes, Pages pages) {
        Doc doc = Doc.of(bytes);
        Doc headDoc = Fields.need(doc, "head").asDoc();
        Value baseValue = doc.get("base");
        if (baseValue == null) {
            return new BranchState(snapshot(headDoc, pages), null);
        }
        Doc baseDoc = baseValue.asDoc();
        Snapshot base = snapshot(baseDoc, pages);
        return new BranchState(isSame(headDoc, baseDoc) ? base.fork(branch(headDoc)) : snapshot(headDoc, pages), base);
    }

    /** Whether a branch has nothing of its own: then it shares its trees with what it was made from, as it did before. */
    private static boolean isSame(Doc head, Doc base) {
        return lsn(head) == lsn(base)
                && Fields.need(head, "names").equals(Fields.need(base, "names"))
                && Fields.need(head, "collections").equals(Fields.need(base, "collections"));
    }

    private static long branch(Doc snapshot) {
        return Fields.need(snapshot, "branch").asInt64();
    }

    private static long lsn(Doc snapshot) {
        return Fields.need(snapshot, "lsn").asInt64();
    }

    private static Snapshot snapshot(Doc doc, Pages pages) {
        return new Snapshot(
                branch(doc),
                lsn(doc),
                pages.open(root(doc, "names"), NumberFormat.FORMAT),
                pages.open(root(doc, "collections"), CollectionFormat.FORMAT));
    }

    @Override
    public boolean hasTrees() {
        return true;
    }

    @Override
    public void trees(byte[] bytes, Consumer<StoredTree<?>> tree) {
        Doc doc = Doc.of(bytes);
        trees(doc.get("head"), tree);
        trees(doc.get("base"), tree);
    }

    private static void trees(@Nullable Value snapshot, Consumer<StoredTree<?>> tree) {
        if (snapshot != null) {
            tree.accept(new StoredTree<>(root(snapshot.asDoc(), "names"), NumberFormat.FORMAT));
            tree.accept(new StoredTree<>(root(snapshot.asDoc(), "collections"), CollectionFormat.FORMAT));
        }
    }

    private static PageRoot root(Doc doc, String name) {
        return PageRoot.of(Fields.need(doc, name).asBinary());
    }
}
