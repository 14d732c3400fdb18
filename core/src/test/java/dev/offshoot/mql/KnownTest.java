package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnownTest {
    @Test
    void finds_its_bytes_where_they_stand_and_nowhere_else() {
        int found = 0;
        int other = 0;
        for (long seed = 0; seed < 4_000; seed++) {
            Random random = new Random(seed);
            byte[] wanted = bytes(random, 1 + random.nextInt(40));
            byte[] in = bytes(random, wanted.length + random.nextInt(12));
            int place = random.nextInt(in.length - wanted.length + 1);
            System.arraycopy(wanted, 0, in, place, wanted.length);
            if (random.nextBoolean()) {
                in[place + random.nextInt(wanted.length)] ^= 1;
            }
            Known known = new Known(wanted);
            for (int at = 0; at < in.length; at++) {
                int end = at + wanted.length;
                boolean expected = end <= in.length && Arrays.equals(Arrays.copyOfRange(in, at, end), wanted);
                assertThat(known.isAt(in, at))
                        .as("%s at %s of %s, seed %s", Arrays.toString(wanted), at, Arrays.toString(in), seed)
                        .isEqualTo(expected);
                found += expected ? 1 : 0;
                other += expected ? 0 : 1;
            }
        }
        assertThat(found).isGreaterThan(1_000);
        assertThat(other).isGreaterThan(1_000);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (random.nextInt(2) - 1);
        }
        return bytes;
    }
}
