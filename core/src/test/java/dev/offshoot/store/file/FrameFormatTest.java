package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.store.LogRecord;
import dev.offshoot.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class FrameFormatTest {
    private static final Path FILE = Path.of("segment");

    private final LogRecord entry = new LogRecord(
            258,
            3,
            "0123456789abcdef".getBytes(StandardCharsets.US_ASCII),
            new byte[] {5, 0, 0, 0, 0},
            "payload".getBytes(StandardCharsets.US_ASCII));

    @Test
    void a_head_has_exactly_these_bytes() {
        String expected = "4f46574c" // magic
                + "0100" + "0000" // version, reserved
                + "0201000000000000" // first LSN
                + "03000000" // count
                + "05000000" + "07000000" // lengths
                + "b0320b90" // CRC32C of header and payload
                + "0101000000000000" // synced LSN
                + "30313233343536373839616263646566" // nonce
                + "e7786503"; // CRC32C of all above and of the offset 4096
        assertThat(HexFormat.of().formatHex(encode(4096))).isEqualTo(expected);
    }

    @Test
    void a_head_comes_back() throws Exception {
        FrameHead head = FrameFormat.decodeHead(encode(4096), 0, 4096, FILE);
        assertThat(head.firstLsn()).isEqualTo(258);
        assertThat(head.lastLsn()).isEqualTo(260);
        assertThat(head.bodyBytes()).isEqualTo(12);
        assertThat(head.syncedLsn()).isEqualTo(257);
        assertThat(head.nonce()).isEqualTo(entry.nonce());
    }

    @Test
    void a_frame_is_one_only_where_it_was_written() {
        assertThat(FrameFormat.isHead(encode(4096), 0, 4096)).isTrue();
        assertThat(FrameFormat.isHead(encode(4096), 0, 4097)).isFalse();
    }

    @Test
    void another_version_is_refused_and_never_taken_for_damage() {
        byte[] head = encode(0);
        head[4] = 2;
        CRC32C crc = new CRC32C();
        crc.update(head, 0, 56);
        crc.update(new byte[8], 0, 8);
        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(56, (int) crc.getValue());
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> FrameFormat.decodeHead(head, 0, 0, FILE))
                .withMessageContaining("version 2");
    }

    private byte[] encode(long offset) {
        byte[] target = new byte[100];
        FrameFormat.encodeHead(entry, 257, offset, target);
        return Arrays.copyOf(target, FrameFormat.HEAD_BYTES);
    }
}
