package dev.offshoot.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Bson;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameReaderTest {
    /** Gives a stream in pieces of up to a size, and remembers how much was asked for at once. */
    private static final class Pieces extends InputStream {
        private final InputStream whole;
        private final Random random;
        private final int piece;
        private int askedMax;

        Pieces(byte[] whole, int piece, long seed) {
            this.whole = new ByteArrayInputStream(whole);
            this.piece = piece;
            this.random = new Random(seed);
        }

        @Override
        public int read() throws IOException {
            return whole.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            askedMax = Math.max(askedMax, length);
            return whole.read(bytes, offset, Math.min(length, 1 + random.nextInt(piece)));
        }
    }

    private static byte[] header(int length, int opcode) {
        byte[] header = new byte[16];
        Bson.putInt32(header, 0, length);
        Bson.putInt32(header, 12, opcode);
        return header;
    }

    private static FrameReader reader(byte[] bytes) {
        return new FrameReader(new ByteArrayInputStream(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 1_000, 8_192, 1_000_000})
    void messages_come_out_whole_however_the_stream_is_cut(int piece) throws IOException {
        long seed = piece * 31L + 7;
        Random random = new Random(seed);
        byte[][] sent = new byte[50][];
        for (int i = 0; i < sent.length; i++) {
            byte[] content = new byte[i % 10 == 9 ? random.nextInt(300_000) : random.nextInt(300)];
            random.nextBytes(content);
            sent[i] = Messages.frame(2013, i, content);
        }
        FrameReader frames = new FrameReader(new Pieces(Messages.join(sent), piece, seed));
        for (byte[] message : sent) {
            assertThat(frames.next()).as("seed %s", seed).isEqualTo(message);
        }
        assertThat(frames.next()).isNull();
    }

    @Test
    void a_short_message_takes_one_read() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        InputStream stream = new ByteArrayInputStream(Messages.ping(1)) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                reads.incrementAndGet();
                return super.read(bytes, offset, length);
            }
        };
        assertThat(new FrameReader(stream).next()).isEqualTo(Messages.ping(1));
        assertThat(reads.get()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 15, 48_000_001, Integer.MAX_VALUE})
    void a_length_out_of_range_is_refused_before_the_rest_is_read(int length) {
        assertThatThrownBy(() -> reader(header(length, 2013)).next())
                .isInstanceOf(FrameException.class)
                .hasMessageContaining("length " + length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, 1000, 2001, 2002, 2003, 2006, 2007, 2010, 2011, 2012, 2014})
    void an_opcode_that_is_not_served_is_refused_at_its_header(int opcode) {
        assertThatThrownBy(() -> reader(header(40_000_000, opcode)).next()).isInstanceOf(FrameException.class);
    }

    @Test
    void a_promise_of_a_long_message_costs_only_what_arrived() {
        Pieces stream = new Pieces(Arrays.copyOf(header(48_000_000, 2013), 1_000), 1_000, 3);
        assertThatThrownBy(() -> new FrameReader(stream).next())
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("1000 of 48000000");
        assertThat(stream.askedMax).isLessThanOrEqualTo(64 * 1024);
    }

    @Test
    void every_cut_inside_a_message_is_an_early_end() {
        byte[] ping = Messages.ping(1);
        for (int cut = 1; cut < ping.length; cut++) {
            byte[] part = Arrays.copyOf(ping, cut);
            assertThatThrownBy(() -> reader(part).next()).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void a_message_of_the_greatest_length_passes() throws IOException {
        byte[] message = Messages.frame(2013, 1, new byte[48_000_000 - 16]);
        assertThat(reader(message).next()).hasSize(48_000_000);
    }
}
