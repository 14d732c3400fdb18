package dev.offshoot.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far a long verb is, in bytes. */
interface Progress extends AutoCloseable {
    void advance(long bytes);

    @Override
    void close();

    /** A bar if somebody sees it, otherwise nothing. */
    static Progress of(Terminal terminal, List<Path> files) throws IOException {
        if (!terminal.isPerson(Terminal.Stream.ERR)) {
            return new None();
        }
        long total = 0;
        for (Path file : files) {
            total = total < 0 || !Files.isRegularFile(file) ? -1 : total + Files.size(file);
        }
        return new Bar(new ProgressBarBuilder()
                .setTaskName("import")
                .setInitialMax(total)
                .setUnit(" MB", 1_000_000)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(terminal.err()))
                .clearDisplayOnFinish()
                .build());
    }

    /** Shows nothing. */
    final class None implements Progress {
        @Override
        public void advance(long bytes) {}

        @Override
        public void close() {}
    }

    /** A bar on the terminal, gone at the end. */
    record Bar(ProgressBar bar) implements Progress {
        @Override
        public void advance(long bytes) {
            bar.stepBy(bytes);
        }

        @Override
        public void close() {
            bar.close();
        }
    }
}
