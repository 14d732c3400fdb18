package dev.offshoot.wire;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import java.util.Arrays;
import java.util.Random;

/** Good messages with something wrong in them: flipped, cut, stretched, or a length changed. */
public final class Mutations {
    private static final int[] LENGTHS = {
        Integer.MIN_VALUE, -1, 0, 1, 4, 5, 16, 255, 65_536, 48_000_000, Integer.MAX_VALUE
    };

    private Mutations() {}

    /** A message that is at least a header long and says its own length; the header is otherwise right. */
    public static byte[] of(Random random) {
        byte[] message = good(random);
        for (int i = random.nextInt(3); i >= 0; i--) {
            message = mutate(message, random);
        }
        Bson.putInt32(message, 0, message.length);
        return message;
    }

    private static byte[] mutate(byte[] message, Random random) {
        int content = Math.max(1, message.length - 16);
        int at = Math.min(16 + random.nextInt(content), message.length - 1);
        switch (random.nextInt(4)) {
            case 0 -> message[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> message[at] = (byte) random.nextInt();
            case 2 -> {
                return Arrays.copyOf(message, Math.max(16, message.length + random.nextInt(16) - 10));
            }
            default -> {
                if (at + 4 <= message.length) {
                    Bson.putInt32(message, at, LENGTHS[random.nextInt(LENGTHS.length)]);
                }
            }
        }
        return message;
    }

    private static byte[] good(Random random) {
        Doc insert = new DocBuilder()
                .append("insert", "items")
                .append("ordered", true)
                .append("$db", "shop")
                .startDocument("lsid")
                .append("id", random.nextLong())
                .end()
                .startArray("list")
                .add("one")
                .end()
                .buildDoc();
        Doc document = new DocBuilder()
                .append("_id", random.nextInt())
                .append("name", "pen")
                .buildDoc();
        byte[] body = Messages.body(insert);
        byte[] sequence = Messages.sequence("documents", document, document);
        return switch (random.nextInt(4)) {
            case 0 -> Messages.opMsg(1, 0, body, sequence);
            case 1 -> Messages.opMsgWithChecksum(1, body);
            case 2 ->
                Messages.opQuery(
                        1, "admin.$cmd", new DocBuilder().append("isMaster", 1).buildDoc());
            default -> Messages.opMsg(1, 0, body);
        };
    }
}
