package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/** What is stored: real cities where the data set is there, otherwise made-up ones; and documents of an exact size. */
final class Documents {
    static final int CITIES = 171_075;
    private static final Path DATA = Path.of("shared", "data", "cities.ndjson.gz");
    private static final int SIZED_BYTES = 232;

    private Documents() {}

    /** The first so many cities, each with an ObjectId in front. */
    static List<Doc> cities(int count) throws IOException {
        Path file = find();
        if (file == null) {
            return madeUpCities(count);
        }
        List<Doc> cities = new ArrayList<>(count);
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            BsonDocumentCodec codec = new BsonDocumentCodec();
            String line;
            while (cities.size() < count && (line = lines.readLine()) != null) {
                cities.add(withId(cities.size(), encode(codec, BsonDocument.parse(line))));
            }
        }
        return cities;
    }

    static String source() {
        Path file = find();
        return file == null ? "made-up cities, " + DATA + " is not beside the clone" : DATA.toString();
    }

    /** Documents of exactly 232 bytes with 12 fields, always the same ones. */
    static List<Doc> sized(int count) {
        Random random = new Random(232);
        List<Doc> documents = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            documents.add(sized(i, random));
        }
        return documents;
    }

    /** One document that gets its {@code _id} when it is inserted, so that the same command can be sent for ever. */
    static List<Doc> withoutId() {
        DocBuilder builder = new DocBuilder(SIZED_BYTES);
        for (Doc.Field field : sized(0, new Random(232))) {
            if (!field.name().equals("_id")) {
                builder.append(field.name(), field.value());
            }
        }
        return List.of(builder.buildDoc());
    }

    static Value id(Doc document) {
        return Objects.requireNonNull(document.get("_id"));
    }

    private static Doc sized(int i, Random random) {
        DocBuilder builder = new DocBuilder(SIZED_BYTES)
                .append("_id", objectId(i))
                .append("sku", String.format("SKU-%08d", i))
                .append("category", List.of("book", "game", "tool", "food").get(random.nextInt(4)))
                .append("price", random.nextInt(10_000) / 100.0)
                .append("qty", random.nextInt(1_000))
                .append("active", random.nextBoolean())
                .appendDate("at", 1_700_000_000_000L + i)
                .append("rating", random.nextDouble() * 5)
                .append("supplier", random.nextInt(500))
                .append("weight", random.nextInt(50_000))
                .append("views", random.nextLong());
        int rest = SIZED_BYTES - builder.size() - "note".length() - 8;
        return builder.append("note", "x".repeat(rest)).buildDoc();
    }

    private static List<Doc> madeUpCities(int count) {
        Random random = new Random(171_075);
        List<Doc> cities = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            cities.add(withId(
                    i,
                    new DocBuilder()
                            .append("name", "City " + Integer.toString(random.nextInt(1 << 30), 36))
                            .append("lat", Double.toString(random.nextInt(9_000_000) / 1e5))
                            .append("lng", Double.toString(random.nextInt(18_000_000) / 1e5))
                            .append("country", Integer.toString(random.nextInt(200), 36))
                            .append("admin1", Integer.toString(random.nextInt(90)))
                            .append("admin2", Integer.toString(random.nextInt(90)))
                            .buildDoc()));
        }
        return cities;
    }

    private static Doc withId(int i, Doc rest) {
        return new DocBuilder(rest.length() + 17)
                .append("_id", objectId(i))
                .appendAll(rest)
                .buildDoc();
    }

    /** Ids as a driver makes them: time, process, counter. */
    private static ObjectId objectId(int i) {
        return new ObjectId(ByteBuffer.allocate(12)
                .putInt(0x65000000 + i / 1_000)
                .putInt(0x0BE4C400)
                .putInt(i)
                .array());
    }

    private static Doc encode(BsonDocumentCodec codec, BsonDocument document) {
        BasicOutputBuffer out = new BasicOutputBuffer();
        codec.encode(
                new BsonBinaryWriter(out), document, EncoderContext.builder().build());
        return Doc.of(out.toByteArray());
    }

    /** Beside the clone, in whatever folder this runs. */
    private static @Nullable Path find() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve(DATA))) {
                return at.resolve(DATA);
            }
        }
        return null;
    }
}
