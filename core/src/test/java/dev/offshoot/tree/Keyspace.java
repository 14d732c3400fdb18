package dev.offshoot.tree;

import java.nio.ByteBuffer;
import java.util.Random;

/** Keys for random programs: few enough that a program meets each again. */
enum Keyspace {
    /** Numbers of 8 bytes, as record ids are. */
    NUMBERS {
        @Override
        byte[] any(Random random, int range) {
            return number(random.nextInt(range));
        }
    },
    /** Up to five bytes of those around the sign bit; the empty key and prefixes of others come up. */
    SHORT {
        @Override
        byte[] any(Random random, int range) {
            byte[] key = new byte[random.nextInt(6)];
            for (int i = 0; i < key.length; i++) {
                key[i] = EDGES[random.nextInt(EDGES.length)];
            }
            return key;
        }
    },
    /** A long prefix that many keys share, then a number, then a tail of any length. */
    PREFIXED {
        @Override
        byte[] any(Random random, int range) {
            int number = random.nextInt(range);
            byte[] key = new byte[20 + number % 5];
            ByteBuffer.wrap(key).putInt(number % 3).putInt(12, number);
            return key;
        }
    };

    private static final byte[] EDGES = {0, 1, 127, -128, -1};

    static Keyspace of(long seed) {
        return seed % 3 == 0 ? NUMBERS : seed % 3 == 1 ? SHORT : PREFIXED;
    }

    abstract byte[] any(Random random, int range);

    static byte[] number(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }
}
