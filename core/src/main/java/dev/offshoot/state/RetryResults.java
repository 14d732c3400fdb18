package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.page.PageRoot;
import dev.offshoot.page.Pages;
import dev.offshoot.page.RawBytes;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Entry;
import dev.offshoot.tree.Tree;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryTable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Results of retryable writes in pages: a tree of <code>{lsid, txn, stmt, at, result}</code> by their order, as 8 bytes.
 */
final class RetryResults {
    private static final int UUID_SUBTYPE = 4;

    private RetryResults() {}

    static PageRoot store(List<RetryTable.Entry<byte[]>> entries, Pages pages) {
        List<Entry<byte[]>> rows = new ArrayList<>(entries.size());
        for (RetryTable.Entry<byte[]> entry : entries) {
            rows.add(new Entry<>(RecordId.key(rows.size()), row(entry)));
        }
        return pages.store(Tree.bulkLoad(rows.iterator()), RawBytes.FORMAT);
    }

    private static byte[] row(RetryTable.Entry<byte[]> entry) {
        UUID session = entry.key().session();
        byte[] lsid = ByteBuffer.allocate(16)
                .putLong(session.getMostSignificantBits())
                .putLong(session.getLeastSignificantBits())
                .array();
        return new DocBuilder(128)
                .append("lsid", Value.binary(UUID_SUBTYPE, lsid))
                .append("txn", entry.key().txnNumber())
                .append("stmt", entry.key().statement())
                .appendDate("at", entry.millis())
                .append("result", Value.binary(entry.result()))
                .build();
    }

    static void load(PageRoot root, Pages pages, RetryTable<byte[]> table) {
        Cursor<byte[]> rows = pages.open(root, RawBytes.FORMAT).ascending(null, null);
        while (rows.next()) {
            Doc row = Doc.of(rows.value());
            ByteBuffer lsid = ByteBuffer.wrap(Fields.need(row, "lsid").asBinary());
            RetryKey key = new RetryKey(
                    new UUID(lsid.getLong(), lsid.getLong()),
                    Fields.need(row, "txn").asInt64(),
                    Fields.need(row, "stmt").asInt32());
            table.put(
                    key,
                    Fields.need(row, "result").asBinary(),
                    Fields.need(row, "at").asInt64());
        }
    }
}
