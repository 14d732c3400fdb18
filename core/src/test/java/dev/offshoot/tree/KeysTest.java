package dev.offshoot.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeysTest {
    @Test
    void keys_are_ordered_as_unsigned_bytes_whatever_their_lengths() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            for (int i = 0; i < 100; i++) {
                byte[] one = key(random);
                byte[] other = random.nextInt(3) == 0 ? Arrays.copyOf(one, random.nextInt(12)) : key(random);
                assertThat(Integer.signum(Keys.compare(one, other)))
                        .as("seed %d: %s and %s", seed, Arrays.toString(one), Arrays.toString(other))
                        .isEqualTo(Integer.signum(Arrays.compareUnsigned(one, other)));
            }
        }
    }

    /** Few different bytes, so that keys have common beginnings of all lengths. */
    private static byte[] key(Random random) {
        byte[] key = new byte[random.nextInt(12)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(10) == 0 ? random.nextInt(256) : 0);
        }
        return key;
    }
}
