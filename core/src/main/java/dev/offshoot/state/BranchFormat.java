package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.page.Pages;
import dev.offshoot.page.ValueFormat;

/** A branch of the catalog in a page: <code>{id, name, parent, base, created, dropped}</code>. */
final class BranchFormat implements ValueFormat<Branch> {
    static final BranchFormat FORMAT = new BranchFormat();

    private BranchFormat() {}

    @Override
    public int code() {
        return 4;
    }

    @Override
    public byte[] write(Branch value, Pages pages) {
        return new DocBuilder(96)
                .append("id", value.id())
                .append("name", value.name())
                .append("parent", value.parent())
                .append("base", value.base())
                .append("created", value.createdMillis())
                .append("dropped", value.dropped())
                .build();
    }

    @Override
    public Branch read(byte[] bytes, Pages pages) {
        Doc doc = Doc.of(bytes);
        return new Branch(
                Fields.need(doc, "id").asInt64(),
                Fields.need(doc, "name").asString(),
                Fields.need(doc, "parent").asInt64(),
                Fields.need(doc, "base").asInt64(),
                Fields.need(doc, "created").asInt64(),
                Fields.need(doc, "dropped").asBoolean());
    }
}
