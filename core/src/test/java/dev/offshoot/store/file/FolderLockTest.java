package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    private final Path folder;

    FolderLockTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** What another process does: opens the folder and prints how that went. */
    public static void main(String[] args) {
        try (FileStore store = FileStore.open(Path.of(args[0]))) {
            System.out.print("opened " + store.describe());
        } catch (StoreException e) {
            System.out.print(e.getMessage());
        }
    }

    @Test
    void a_second_open_in_the_same_process_is_refused_and_the_first_keeps_others_out() throws Exception {
        String pid = Long.toString(ProcessHandle.current().pid());
        try (FileStore store = FileStore.open(folder)) {
            assertThat(store.describe()).isEqualTo(folder.toString());
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> FileStore.open(folder))
                    .withMessageContaining(folder.toString())
                    .withMessageContaining(pid)
                    .withMessageContaining("--uri");
            assertThat(fromAnotherProcess()).contains(folder.toString(), "in use by process " + pid, "--uri");
            assertThat(fromAnotherProcess()).contains("in use by process " + pid);
        }
        assertThat(fromAnotherProcess()).isEqualTo("opened " + folder);
        FileStore.open(folder).close();
    }

    /** Linux has a device that is always full. */
    @Test
    void who_wants_to_free_space_on_a_full_disk_is_let_in() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        FileStore.open(folder).close();
        Files.delete(folder.resolve("offshoot.lock"));
        Files.createSymbolicLink(folder.resolve("offshoot.lock"), full);
        assertThat(fromAnotherProcess()).contains("opened " + folder);
    }

    @Test
    void a_folder_of_another_format_is_refused() throws Exception {
        FileStore.open(folder).close();
        Path format = folder.resolve("format");
        String text = Files.readString(format);
        Files.writeString(format, text.replace("1", "2"));
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> FileStore.open(folder))
                .withMessageContaining("format 2")
                .withMessageContaining("reads format 1");
        Files.writeString(format, "something else");
        assertThatExceptionOfType(CorruptionException.class).isThrownBy(() -> FileStore.open(folder));
        Files.writeString(format, text);
        FileStore.open(folder).close();
    }

    @Test
    void a_place_that_cannot_be_a_folder_is_named() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> FileStore.open(file.resolve("store")))
                .withMessageContaining(file.toString());
    }

    private String fromAnotherProcess() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FolderLockTest.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }
}
