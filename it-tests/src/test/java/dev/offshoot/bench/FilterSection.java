package dev.offshoot.bench;

import de.bwaldvogel.mongo.backend.DefaultQueryMatcher;
import de.bwaldvogel.mongo.bson.Document;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.Filter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.bson.BsonBinaryReader;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;

/**
 * A filter on three fields, <code>{category: "book", qty: {$gte: 250}, weight: {$lt: 25000}}</code>, over documents of 232 bytes and
 * 12 fields that fit into the processor's cache: compiled, on raw bytes, against other ways to do the same.
 */
final class FilterSection implements Section {
    private static final int DOCUMENTS = 256;
    private static final int QTY_MIN = 250;
    private static final int WEIGHT_MAX = 25_000;

    @Override
    public String name() {
        return "filter";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Filter on three fields, a document in cache");
        List<Doc> documents = Documents.sized(DOCUMENTS);
        BsonDocumentCodec codec = new BsonDocumentCodec();
        List<RawBsonDocument> raw = new ArrayList<>();
        List<Document> decoded = new ArrayList<>();
        for (Doc document : documents) {
            raw.add(new RawBsonDocument(document.toBytes()));
            decoded.add(standIn(decode(codec, document)));
        }
        Filter filter = Filter.compile(new DocBuilder()
                .append("category", "book")
                .startDocument("qty")
                .append("$gte", QTY_MIN)
                .end()
                .startDocument("weight")
                .append("$lt", WEIGHT_MAX)
                .end()
                .buildDoc());
        DefaultQueryMatcher matcher = new DefaultQueryMatcher();
        Document query = new Document("category", "book")
                .append("qty", new Document("$gte", QTY_MIN))
                .append("weight", new Document("$lt", WEIGHT_MAX));
        int expected = count(documents, filter::matches);
        Rounds rounds = Rounds.of(
                bench.mode(),
                counting(expected, documents, filter::matches),
                counting(expected, raw, FilterSection::matches),
                counting(expected, documents, document -> matches(decode(codec, document))),
                counting(expected, decoded, document -> matcher.matches(document, query)));
        speedUp(bench, "compiled filter against RawBsonDocument.get", rounds, 1, 4);
        speedUp(bench, "compiled filter against decode and match", rounds, 2, 15);
        speedUp(bench, "compiled filter against the stand-in's matcher (decoded before)", rounds, 3, 2.5);
    }

    /** Here the baseline is what is slower, and the ratio how much. */
    private static void speedUp(Bench bench, String name, Rounds rounds, int baseline, double goal) {
        Spread ratio = rounds.ratio(baseline, 0);
        bench.report()
                .line(
                        name,
                        Amount.time(rounds.nanos(baseline) / DOCUMENTS),
                        Amount.time(rounds.nanos(0) / DOCUMENTS),
                        ratio,
                        Goal.atLeast(ratio.median(), goal));
    }

    private static <T> Op counting(int expected, List<T> documents, Predicate<T> filter) {
        return () -> {
            int found = count(documents, filter);
            if (found != expected) {
                throw new IllegalStateException(found + " of " + expected + " documents match");
            }
        };
    }

    private static <T> int count(List<T> documents, Predicate<T> filter) {
        int found = 0;
        for (T document : documents) {
            if (filter.test(document)) {
                found++;
            }
        }
        return found;
    }

    private static boolean matches(BsonDocument document) {
        BsonValue category = document.get("category");
        if (category == null
                || !category.isString()
                || !category.asString().getValue().equals("book")) {
            return false;
        }
        BsonValue qty = document.get("qty");
        if (qty == null || !qty.isNumber() || qty.asNumber().doubleValue() < QTY_MIN) {
            return false;
        }
        BsonValue weight = document.get("weight");
        return weight != null && weight.isNumber() && weight.asNumber().doubleValue() < WEIGHT_MAX;
    }

    private static BsonDocument decode(BsonDocumentCodec codec, Doc document) {
        try (BsonBinaryReader reader =
                new BsonBinaryReader(ByteBuffer.wrap(document.bytes(), document.offset(), document.length()))) {
            return codec.decode(reader, DecoderContext.builder().build());
        }
    }

    private static Document standIn(BsonDocument document) {
        Document copy = new Document();
        document.forEach((name, value) -> copy.put(name, plain(value)));
        return copy;
    }

    private static Object plain(BsonValue value) {
        return switch (value.getBsonType()) {
            case STRING -> value.asString().getValue();
            case DOUBLE -> value.asDouble().getValue();
            case INT32 -> value.asInt32().getValue();
            case INT64 -> value.asInt64().getValue();
            case BOOLEAN -> value.asBoolean().getValue();
            default -> value.toString();
        };
    }
}
