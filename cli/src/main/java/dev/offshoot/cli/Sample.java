package dev.offshoot.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The small shop that ships with the product, as extended JSON. */
final class Sample {
    static final List<String> COLLECTIONS = List.of("products", "customers", "orders");

    private Sample() {}

    static ImportFile open(String collection) throws IOException {
        String name = "shop/" + collection + ".json";
        InputStream bytes = Sample.class.getResourceAsStream(name);
        if (bytes == null) {
            throw new IOException("the sample " + name + " is not in the jar");
        }
        return new ImportFile(name, new InputStreamReader(bytes, StandardCharsets.UTF_8));
    }

    /** How one loads such files. */
    static List<String> commands(String project) {
        return COLLECTIONS.stream()
                .map(name -> "$ offshoot import --project " + project + " --collection " + name + " " + name + ".json")
                .toList();
    }
}
