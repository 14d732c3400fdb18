package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PrinterTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(strings = {"uri shop", "uri shop -o json", "--help", "completion bash"})
    void what_cannot_be_printed_is_a_failure(String words) {
        assertThat(run("No space left on device", words)).isEqualTo(ExitCodes.FAILURE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualToIgnoringNewLines(
                        "offshoot: not all was printed: cannot write to the standard output: No space left on device");
    }

    @ParameterizedTest
    @ValueSource(strings = {"uri shop", "--help"})
    void a_reader_who_wants_no_more_is_none(String words) {
        assertThat(run("Broken pipe", words)).isEqualTo(ExitCodes.OK);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private int run(String trouble, String words) {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(trouble);
            }
        };
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                new Printer(broken),
                new Printer(err),
                Set.of(),
                Map.of(),
                StopSignal.ofCaller());
        return Offshoot.commandLine(terminal).execute(words.split(" "));
    }
}
