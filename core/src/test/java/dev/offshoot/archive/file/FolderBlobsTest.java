package dev.offshoot.archive.file;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.BlobStoreContract;
import dev.offshoot.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderBlobsTest extends BlobStoreContract {
    @TempDir
    private Path folder = Path.of("");

    @Override
    protected BlobStore open() {
        return FolderBlobs.openOrCreate(folder.resolve("a/b"));
    }

    @Test
    void names_do_not_lead_out_of_the_folder() {
        BlobStore blobs = open();
        for (String name : new String[] {"../x", "a/../../x", "/x", "a//b", "./a", ""}) {
            assertThatThrownBy(() -> blobs.put(name, new byte[1]))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_folder_that_cannot_be_made_is_said() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> FolderBlobs.openOrCreate(file))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString());
        assertThatThrownBy(() -> FolderBlobs.open(folder.resolve("none"))).isInstanceOf(StoreException.class);
    }
}
