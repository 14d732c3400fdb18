package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a clone of its own, with a Maven and a Java that only say what they were asked. The clone's name has a space
 * in it.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
final class LauncherTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    private static final long WAIT_SECONDS = 60;

    @TempDir
    private Path folder = Path.of("");

    /** Makes the archive of classes when it is asked to, and shows its words. */
    private static final String JAVA = """
            #!/bin/sh
            case $1 in
                -XX:ArchiveClassesAtExit=*) : >"${1#*=}" ;;
            esac
            for word in "$@"; do printf '<%s>' "$word"; done
            echo
            """;

    private Path clone = Path.of("");
    private Path log = Path.of("");

    private record Launch(int exitCode, String out, String err) {}

    @BeforeEach
    void makeClone() throws IOException {
        clone = folder.resolve("a clone");
        log = folder.resolve("maven.log");
        for (String module : List.of("core", "proxy", "cli")) {
            Files.createDirectories(clone.resolve(module).resolve("src/main"));
            old(Files.writeString(clone.resolve(module).resolve("pom.xml"), "<project/>"));
            old(Files.writeString(clone.resolve(module).resolve("src/main/A.java"), "class A {}"));
            old(clone.resolve(module).resolve("src/main"));
        }
        old(Files.writeString(clone.resolve("pom.xml"), "<project/>"));
        Path launcher = Files.createDirectories(clone.resolve("cli/bin")).resolve("offshoot");
        Files.copy(Path.of("bin/offshoot"), launcher);
        script(launcher, Files.readString(launcher));
        script(clone.resolve("jdk/bin/java"), JAVA);
        release("17.0.1");
        script(
                clone.resolve("bin/mvn"),
                "#!/bin/sh\necho built >>'" + log
                        + "'\necho \"a word of Maven's\"\nmkdir -p cli/target\n: >cli/target/offshoot.jar\n");
    }

    @Test
    void the_first_launch_builds_and_says_so_and_the_second_does_not() throws Exception {
        Launch first = launch("branch", "list", "my shop");
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err()).contains("offshoot: building").doesNotContain("Maven's");
        assertThat(first.out())
                .contains("<-jar><" + clone.toRealPath() + "/cli/target/offshoot.jar><branch><list><my shop>")
                .contains("<-XX:TieredStopAtLevel=1>", "<-XX:SharedArchiveFile=")
                .contains("<-Doffshoot.terminals=>")
                .doesNotContain("Maven");
        Launch second = launch("serve");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).contains("<serve>").doesNotContain("TieredStopAtLevel");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void a_server_has_large_pages_where_the_system_gives_them() throws Exception {
        String option = "<-XX:+UseTransparentHugePages>";
        Path setting = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
        boolean given = Files.isReadable(setting) && !Files.readString(setting).contains("[never]");
        assertThat(launch("serve").out().contains(option)).isEqualTo(given);
        assertThat(launch("status").out()).doesNotContain(option);
    }

    @Test
    void a_newer_source_or_pom_builds_again_and_a_new_test_does_not() throws Exception {
        assertThat(launch("status").exitCode()).isZero();
        for (String changed : List.of("core/src/main/A.java", "proxy/pom.xml", "pom.xml", "cli/src/main")) {
            int before = builds();
            old(clone.resolve("cli/target/offshoot.jar"));
            FileTime later = FileTime.from(LONG_AGO.toInstant().plusSeconds(60));
            Files.setLastModifiedTime(clone.resolve(changed), later);
            assertThat(launch("status").err()).as(changed).contains("building");
            assertThat(builds()).as(changed).isEqualTo(before + 1);
            old(clone.resolve(changed));
        }
        int before = builds();
        Files.createDirectories(clone.resolve("cli/src/test"));
        Files.writeString(clone.resolve("cli/src/test/B.java"), "class B {}");
        assertThat(launch("status").err()).isEmpty();
        assertThat(builds()).isEqualTo(before);
    }

    @Test
    void it_works_through_links_and_hands_options_to_the_jvm() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("first"), clone.resolve("cli/bin/offshoot"));
        Path links = Files.createDirectories(folder.resolve("elsewhere")).resolve("o");
        Files.createSymbolicLink(links, Path.of("../" + link.getFileName()));
        Launch launch = launch(links, clone.resolve("jdk").toString(), "uri");
        assertThat(launch.exitCode()).as(launch.err()).isZero();
        assertThat(launch.out()).contains("<-Xmx64m><-Dx=y>").contains("<uri>");
    }

    @Test
    void a_java_that_is_too_old_or_missing_is_said() throws Exception {
        release("11.0.9");
        Launch old = launch("status");
        assertThat(old.exitCode()).isEqualTo(1);
        assertThat(old.err())
                .contains("is Java 11.0.9")
                .contains("needs 17 or newer")
                .contains("JAVA_HOME");
        Launch missing =
                launch(clone.resolve("cli/bin/offshoot"), folder.resolve("none").toString(), "status");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("there is no bin/java in it");
        assertThat(builds()).isZero();
    }

    @Test
    void a_build_that_fails_is_said_and_leaves_no_lock() throws Exception {
        script(clone.resolve("bin/mvn"), "#!/bin/sh\necho 'COMPILATION ERROR'\nexit 1\n");
        Launch launch = launch("status");
        assertThat(launch.exitCode()).isEqualTo(1);
        assertThat(launch.err()).contains("COMPILATION ERROR").contains("offshoot: the build failed");
        assertThat(launch.out()).isEmpty();
        assertThat(clone.resolve("cli/target/launcher.lock")).doesNotExist();
    }

    @Test
    void launches_at_once_build_once() throws Exception {
        Path started = folder.resolve("started");
        String slow = "#!/bin/sh\necho built >>'" + log + "'\n: >'" + started + "'\nread -r wait <'" + pipe()
                + "'\nmkdir -p cli/target\n: >cli/target/offshoot.jar\n";
        script(clone.resolve("bin/mvn"), slow);
        Process first =
                start(clone.resolve("cli/bin/offshoot"), clone.resolve("jdk").toString(), "status");
        Process second =
                start(clone.resolve("cli/bin/offshoot"), clone.resolve("jdk").toString(), "status");
        Files.writeString(folder.resolve("pipe"), "go on\n");
        assertThat(first.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(second.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(List.of(first.exitValue(), second.exitValue())).containsOnly(0);
        assertThat(started).exists();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void the_lock_of_a_launch_that_died_is_taken_over() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        assertThat(gone.waitFor()).isZero();
        Path lock = Files.createDirectories(clone.resolve("cli/target/launcher.lock"));
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");
        assertThat(launch("status").exitCode()).isZero();
        assertThat(builds()).isEqualTo(1);
        assertThat(lock).doesNotExist();
    }

    private Path pipe() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    private Launch launch(String... words) throws IOException, InterruptedException {
        return launch(clone.resolve("cli/bin/offshoot"), clone.resolve("jdk").toString(), words);
    }

    private Launch launch(Path launcher, String javaHome, String... words) throws IOException, InterruptedException {
        Process process = start(launcher, javaHome, words);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new Launch(process.exitValue(), out, err);
    }

    private Process start(Path launcher, String javaHome, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("JAVA_HOME", javaHome);
        builder.environment().put("PATH", clone.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("OFFSHOOT_JAVA_OPTS", "-Xmx64m -Dx=y");
        return builder.start();
    }

    private int builds() throws IOException {
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    private void release(String version) throws IOException {
        Files.writeString(clone.resolve("jdk/release"), "JAVA_VERSION=\"" + version + "\"\n");
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void old(Path path) throws IOException {
        Files.setLastModifiedTime(path, LONG_AGO);
    }
}
