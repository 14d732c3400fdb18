package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.page.Pages;
import dev.offshoot.page.ValueFormat;

/** A tag of the catalog in a page: <code>{id, name, branch, lsn, created}</code>. */
final class TagFormat implements ValueFormat<Tag> {
    static final TagFormat FORMAT = new TagFormat();

    private TagFormat() {}

    @Override
    public int code() {
        return 6;
    }

    @Override
    public byte[] write(Tag value, Pages pages) {
        return new DocBuilder(96)
                .append("id", value.id())
                .append("name", value.name())
                .append("branch", value.branch())
                .append("lsn", value.lsn())
                .append("created", value.createdMillis())
                .build();
    }

    @Override
    public Tag read(byte[] bytes, Pages pages) {
        Doc doc = Doc.of(bytes);
        return new Tag(
                Fields.need(doc, "id").asInt64(),
                Fields.need(doc, "name").asString(),
                Fields.need(doc, "branch").asInt64(),
                Fields.need(doc, "lsn").asInt64(),
                Fields.need(doc, "created").asInt64());
    }
}
