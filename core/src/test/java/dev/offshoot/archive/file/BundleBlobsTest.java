package dev.offshoot.archive.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.BlobStoreContract;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleBlobsTest extends BlobStoreContract {
    @TempDir
    private Path folder = Path.of("");

    private Path file() {
        return folder.resolve("shop.bundle");
    }

    @Override
    protected boolean removes() {
        return false;
    }

    @Override
    protected BlobStore open() {
        return BundleBlobs.openOrCreate(file());
    }

    /** Three objects; the first two are known after each. */
    private byte[] bundle() throws Exception {
        try (BlobStore blobs = open()) {
            blobs.put("a", new byte[] {1, 2, 3});
            blobs.put("b", "text of b".getBytes(StandardCharsets.UTF_8));
            blobs.put("c", new byte[40]);
        }
        return Files.readAllBytes(file());
    }

    @Test
    void cut_at_every_byte_it_has_the_objects_before_and_takes_more() throws Exception {
        byte[] whole = bundle();
        int most = 0;
        for (int length = 16; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            int before;
            try (BlobStore blobs = BundleBlobs.open(file())) {
                before = blobs.list("").size();
                assertThat(blobs.list("")).isSubsetOf("a", "b", "c");
            }
            try (BlobStore blobs = open()) {
                blobs.put("d", new byte[] {9});
            }
            try (BlobStore blobs = BundleBlobs.open(file())) {
                assertThat(blobs.list("")).hasSize(before + 1);
                for (String name : blobs.list("")) {
                    assertThat(blobs.get(name)).isNotNull();
                }
            }
            most = Math.max(most, before);
        }
        assertThat(most).isEqualTo(3);
    }

    @Test
    void no_flipped_bit_gives_other_bytes() throws Exception {
        byte[] whole = bundle();
        int noticed = 0;
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file(), damaged);
            try (BlobStore blobs = BundleBlobs.open(file())) {
                byte[] a = blobs.get("a");
                byte[] c = blobs.get("c");
                assertThat(a == null || Arrays.equals(a, new byte[] {1, 2, 3})).isTrue();
                assertThat(c == null || Arrays.equals(c, new byte[40])).isTrue();
                noticed += a == null || c == null ? 1 : 0;
            } catch (CorruptionException | StoreException e) {
                noticed++;
            }
        }
        assertThat(noticed).isGreaterThan(300);
    }

    @Test
    void another_file_is_not_taken_for_one() throws Exception {
        Files.writeString(file(), "this is some text of a user");
        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining("not a bundle");
        assertThat(Files.readString(file())).isEqualTo("this is some text of a user");
        Files.writeString(file(), "short");
        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining("not a bundle");
        assertThat(Files.readString(file())).isEqualTo("short");
    }
}
