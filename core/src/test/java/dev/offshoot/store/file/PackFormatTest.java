package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.store.PageId;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.TestClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackFormatTest {
    private static final byte[] PAGE = "abc".getBytes(StandardCharsets.US_ASCII);
    private static final String NAME = "00000000000000000001.pack";

    private final Path folder;

    PackFormatTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void a_pack_has_the_bytes_of_the_worked_example() throws IOException {
        TestClock clock = new TestClock();
        assertThat(clock.millis()).isEqualTo(1_795_000_000_000L);
        FilePages pages = FilePages.open(new LocalDisk(), folder, clock, PackLimits.DEFAULTS, new OpenFiles(1));
        pages.put(PageId.ofContent(PAGE), PAGE);
        pages.flush();
        pages.close();
        String id = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(folder.resolve(NAME))))
                .isEqualTo(documentedPack())
                .isEqualTo("4f465047" + id + "030000002a2aa0db616263" + id + "000000000000000003000000"
                        + "4f465058010000002f0000000000000001000000a03ffddc005e56eea10100005671bdbe");
    }

    @Test
    void the_documented_pack_can_be_read() throws IOException {
        Files.write(folder.resolve(NAME), HexFormat.of().parseHex(documentedPack()));
        FilePages pages =
                FilePages.open(new LocalDisk(), folder, new TestClock(), PackLimits.DEFAULTS, new OpenFiles(1));
        assertThat(pages.get(PageId.ofContent(PAGE))).isEqualTo(PAGE);
        assertThat(pages.problems()).isEmpty();
        pages.close();
    }

    @Test
    void a_pack_of_a_later_version_is_refused() throws IOException {
        // The footer of an empty pack, with version 2 and the check of that.
        Files.write(
                folder.resolve(NAME),
                HexFormat.of().parseHex("4f46505802000000000000000000000000000000000000000000000000000000403d9132"));
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() ->
                        FilePages.open(new LocalDisk(), folder, new TestClock(), PackLimits.DEFAULTS, new OpenFiles(1)))
                .withMessageContaining("version 2")
                .withMessageContaining("newer");
    }

    /** The hex digits of the pack in docs/formats.md: the first column. */
    private static String documentedPack() throws IOException {
        String page =
                Files.readString(Path.of(System.getProperty("basedir", ".")).resolve("../docs/formats.md"));
        int start = page.indexOf("```hex\n", page.indexOf("### Packs")) + "```hex\n".length();
        StringBuilder hex = new StringBuilder();
        for (String line : page.substring(start, page.indexOf("```", start)).split("\n")) {
            hex.append(line, 0, line.indexOf(' '));
        }
        return hex.toString();
    }
}
