package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.page.Pages;
import dev.offshoot.page.ValueFormat;

/** A branch of the catalog in a page: <code>{id, name, parent, base, created, dropped, properties, scope}</code>; {@code dropped} is an
 * LSN, and the last two may be missing. */
final class BranchFormat implements ValueFormat<Branch> {
    static final BranchFormat FORMAT = new BranchFormat();

    private BranchFormat() {}

    @Override
    public int code() {
        return 4;
    }

    @Override
    public byte[] write(Branch value, Pages pages) {
        DocBuilder doc = new DocBuilder(96)
                .append("id", value.id())
                .append("name", value.name())
                .append("parent", value.parent())
                .append("base", value.base())
                .append("created", value.createdMillis())
                .append("dropped", value.droppedLsn());
        if (!value.properties().isEmpty()) {
            doc.append("properties", value.properties());
        }
        Scope scope = value.scope();
        if (scope != null) {
            doc.append("scope", scope.source());
        }
        return doc.build();
    }

    @Override
    public Branch read(byte[] bytes, Pages pages) {
        Doc doc = Doc.of(bytes);
        Value properties = doc.get("properties");
        Value scope = doc.get("scope");
        return new Branch(
                Fields.need(doc, "id").asInt64(),
                Fields.need(doc, "name").asString(),
                Fields.need(doc, "parent").asInt64(),
                Fields.need(doc, "base").asInt64(),
                Fields.need(doc, "created").asInt64(),
                Fields.need(doc, "dropped").asInt64(),
                properties == null ? Doc.EMPTY : properties.asDoc(),
                scope == null ? null : Scope.of(Doc.of(scope.asDoc().toBytes())));
    }
}
