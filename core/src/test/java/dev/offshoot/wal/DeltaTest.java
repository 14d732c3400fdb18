package dev.offshoot.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DeltaTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 4_000);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);

    @Test
    void random_edits_come_back_byte_for_byte() {
        int deltas = 0;
        int whole = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RandomEdits edits = new RandomEdits(seed);
            Doc before = edits.document();
            Doc after = edits.edited(before, (int) (seed % 6));
            byte[] delta = Delta.between(before.toBytes(), after.toBytes());
            if (delta == null) {
                whole++;
            } else {
                deltas++;
                assertThat(delta.length).as("seed %s", seed).isLessThanOrEqualTo(after.length() / 2);
                assertThat(Delta.apply(before.toBytes(), delta))
                        .as("seed %s", seed)
                        .isEqualTo(after.toBytes());
                assertThat(PlainDelta.apply(before.toBytes(), delta))
                        .as("seed %s", seed)
                        .isEqualTo(after.toBytes());
            }
        }
        assertThat(deltas).isGreaterThan(SEEDS / 3);
        assertThat(whole).isGreaterThan(SEEDS / 8);
    }

    @Test
    void an_unchanged_document_is_one_copy() {
        byte[] document = page(40, 0).toBytes();
        assertThat(delta(document, document)).hasSize(4 + 2 + 4);
    }

    @Test
    void a_changed_number_in_a_large_document_takes_some_20_bytes() {
        assertThat(delta(page(400, 0).toBytes(), page(400, 1).toBytes())).hasSizeLessThan(24);
    }

    @Test
    void elements_that_move_in_an_array_are_copied_from_where_they_were() {
        byte[] before = list(0, 100).toBytes();
        assertThat(delta(before, list(0, 101).toBytes())).as("at the end").hasSizeLessThan(80);
        assertThat(delta(before, list(-1, 100).toBytes())).as("in front").hasSizeLessThan(before.length / 3);
        assertThat(delta(before, list(1, 101).toBytes())).as("a window").hasSizeLessThan(before.length / 3);
    }

    @Test
    void a_long_text_that_grows_is_copied_but_for_what_is_new() {
        String text = "Once upon a time. ".repeat(100);
        byte[] before = new DocBuilder().append("_id", 1).append("text", text).build();
        byte[] after = new DocBuilder()
                .append("_id", 1)
                .append("text", text.substring(0, 900) + "a new word" + text.substring(900))
                .build();
        assertThat(delta(before, after)).hasSizeLessThan(50);
    }

    @Test
    void fields_in_another_order_are_copied() {
        byte[] before = new DocBuilder()
                .append("a", "x".repeat(300))
                .append("b", "y".repeat(300))
                .append("c", 1)
                .build();
        byte[] after = new DocBuilder()
                .append("c", 1)
                .append("b", "y".repeat(300))
                .append("a", "x".repeat(300))
                .build();
        assertThat(delta(before, after)).hasSizeLessThan(40);
    }

    @Test
    void small_documents_and_rewritten_ones_have_no_delta() {
        Random random = new Random(1);
        byte[] small = new DocBuilder()
                .append("_id", 1)
                .append("text", "x".repeat(400))
                .build();
        assertThat(Delta.between(small, small)).isNull();
        assertThat(Delta.between(small, noise(random, 2_000))).isNull();
        assertThat(Delta.between(noise(random, 2_000), small)).isNull();
        assertThat(Delta.between(noise(random, 2_000), noise(random, 2_000))).isNull();
    }

    @Test
    void a_delta_of_another_document_is_refused() {
        byte[] delta = delta(page(40, 0).toBytes(), page(40, 1).toBytes());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Delta.apply(page(40, 2).toBytes(), delta))
                .withMessageContaining("CRC32C");
    }

    @Test
    void a_damaged_delta_is_refused_or_makes_a_document_of_its_length() {
        byte[] base = page(40, 0).toBytes();
        byte[] delta = delta(base, page(40, 1).toBytes());
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = Arrays.copyOf(delta, random.nextInt(4) == 0 ? random.nextInt(delta.length) : delta.length);
            for (int n = random.nextInt(3); n >= 0 && damaged.length > 4; n--) {
                damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt();
            }
            try {
                Delta.apply(base, damaged);
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1_000);
    }

    @Test
    void a_delta_has_the_bytes_of_the_worked_example() throws IOException {
        byte[] before = example(7, "a");
        byte[] delta = delta(before, example(8, "bc"));
        assertThat(HexFormat.of().formatHex(delta))
                .isEqualTo(documentedDelta())
                .isEqualTo("bfd6e2e4a2040422020000080e0408000000088404080300000062630000");
    }

    /** The second block of hex digits in docs/formats.md: the first column, two spaces or more before the words. */
    private static String documentedDelta() throws IOException {
        String page =
                Files.readString(Path.of(System.getProperty("basedir", ".")).resolve("../docs/formats.md"));
        String block = page.split("```hex\n")[2];
        StringBuilder hex = new StringBuilder();
        for (String line : block.substring(0, block.indexOf("```")).split("\n")) {
            hex.append(line.substring(0, line.indexOf("  ")).replace(" ", ""));
        }
        return hex.toString();
    }

    private static byte[] example(int qty, String tag) {
        return new DocBuilder()
                .append("_id", 7)
                .append("qty", qty)
                .append("text", "x".repeat(500))
                .append("tag", tag)
                .build();
    }

    private static byte[] delta(byte[] before, byte[] after) {
        byte @Nullable [] delta = Delta.between(before, after);
        if (delta == null) {
            throw new AssertionError("no delta");
        }
        assertThat(Delta.apply(before, delta)).isEqualTo(after);
        assertThat(PlainDelta.apply(before, delta)).isEqualTo(after);
        return delta;
    }

    /** A document with a number in its middle. */
    private static Doc page(int fields, int number) {
        DocBuilder builder = new DocBuilder().append("_id", 1);
        for (int i = 0; i < fields; i++) {
            builder.append("field-" + i, "value of " + i);
            if (i == fields / 2) {
                builder.append("qty", number);
            }
        }
        return builder.buildDoc();
    }

    private static Doc list(int from, int to) {
        DocBuilder entries = new DocBuilder();
        for (int i = from; i < to; i++) {
            entries.add(Value.document(new DocBuilder()
                    .append("n", i)
                    .append("text", "entry " + i + " of a list")
                    .buildDoc()));
        }
        return new DocBuilder()
                .append("_id", 1)
                .append("entries", Value.array(entries.buildDoc()))
                .buildDoc();
    }

    private static byte[] noise(Random random, int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return new DocBuilder()
                .append("_id", 1)
                .append("noise", Value.binary(noise))
                .build();
    }
}
