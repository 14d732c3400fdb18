package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A write whose state cannot be made, since a page that it needs is damaged. */
final class StoppedWriteTest {
    /** Behind the heads of the pack and of its first frame. */
    private static final int IN_THE_FIRST_PAGE = 70;

    @Test
    void it_fails_and_is_not_there_and_succeeds_when_the_project_is_opened_again(@TempDir Path folder)
            throws IOException {
        try (Commander commander = Commander.open(folder)) {
            commander.run("admin", "{createProject: 'shop'}");
            commander.run("shop", "{walCheckpoint: 1}");
        }
        Path pack = folder.resolve("pages/p1/00000000000000000001.pack");
        byte[] bytes = Files.readAllBytes(pack);
        bytes[IN_THE_FIRST_PAGE] ^= 1;
        Files.write(pack, bytes);

        try (Commander commander = Commander.open(folder)) {
            String upsert = "{findAndModify: 'c', query: {_id: 7}, update: {$inc: {v: 1}}, upsert: true}";
            String message =
                    commander.fail(96, "shop", upsert).getString("errmsg").getValue();
            assertThat(message).contains("pack 1", "restore this file");
            assertThat(commander.list("shop", "{find: 'c'}")).isEmpty();
            commander.run("shop", upsert);
            assertThat(commander.list("shop", "{find: 'c'}")).hasSize(1);
        }
    }
}
