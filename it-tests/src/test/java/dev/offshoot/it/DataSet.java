package dev.offshoot.it;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/** The real data beside the clone, with facts that were counted by other means: {@code ../shared/data/README.md}. */
enum DataSet {
    COUNTRIES("countries.json", 250),
    MOVIES("movies.json", 3_201),
    CITIES("cities.ndjson.gz", 171_075);

    private static final Path FOLDER = Path.of(System.getProperty("offshoot.test.data", "../../shared/data"));

    private final String file;
    private final int documents;

    DataSet(String file, int documents) {
        this.file = file;
        this.documents = documents;
    }

    static boolean areHere() {
        return List.of(values()).stream().allMatch(set -> Files.isReadable(set.path()));
    }

    Path path() {
        return FOLDER.resolve(file).toAbsolutePath();
    }

    String collection() {
        return file.substring(0, file.indexOf('.'));
    }

    int documents() {
        return documents;
    }

    /** How many documents match which filter. */
    Map<Bson, Integer> facts() {
        return switch (this) {
            case COUNTRIES ->
                Map.of(
                        eq("region", "Europe"),
                        53,
                        eq("landlocked", true),
                        45,
                        eq("borders", "DEU"),
                        9,
                        gt("area", 1e6),
                        31);
            case MOVIES ->
                Map.of(
                        genre("Drama"),
                        789,
                        genre("Comedy"),
                        675,
                        genre("Action"),
                        420,
                        genre(null),
                        275,
                        gt("IMDB Rating", 8),
                        157);
            case CITIES -> Map.of(eq("country", "US"), 17_343, eq("country", "IT"), 10_053, eq("country", "MX"), 8_947);
        };
    }

    private static Bson genre(@Nullable String name) {
        return eq("Major Genre", name);
    }

    /** Hands over its documents in order. */
    void read(Consumer<BsonDocument> documents) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path()))) {
            if (file.endsWith(".gz")) {
                text(new GZIPInputStream(in)).lines().forEach(line -> documents.accept(BsonDocument.parse(line)));
            } else {
                BsonArray.parse(text(in)).forEach(value -> documents.accept(value.asDocument()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        in.transferTo(all);
        return all.toString(StandardCharsets.UTF_8);
    }
}
