package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.page.Pages;
import dev.offshoot.page.ValueFormat;

/** A reset or merge of the catalog in a page: <code>{branch, lsn, last, reset, from, at}</code>. */
final class LineageFormat implements ValueFormat<Lineage> {
    static final LineageFormat FORMAT = new LineageFormat();

    private LineageFormat() {}

    @Override
    public int code() {
        return 7;
    }

    @Override
    public byte[] write(Lineage value, Pages pages) {
        return new DocBuilder(96)
                .append("branch", value.branch())
                .append("lsn", value.lsn())
                .append("last", value.lastLsn())
                .append("reset", value.reset())
                .append("from", value.from())
                .append("at", value.fromLsn())
                .build();
    }

    @Override
    public Lineage read(byte[] bytes, Pages pages) {
        Doc doc = Doc.of(bytes);
        return new Lineage(
                Fields.need(doc, "branch").asInt64(),
                Fields.need(doc, "lsn").asInt64(),
                Fields.need(doc, "last").asInt64(),
                Fields.need(doc, "reset").asBoolean(),
                Fields.need(doc, "from").asInt64(),
                Fields.need(doc, "at").asInt64());
    }
}
