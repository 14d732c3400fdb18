package dev.offshoot.wire;

import static dev.offshoot.wire.Messages.body;
import static dev.offshoot.wire.Messages.bodyOf;
import static dev.offshoot.wire.Messages.command;
import static dev.offshoot.wire.Messages.join;
import static dev.offshoot.wire.Messages.opMsg;
import static dev.offshoot.wire.Messages.sequence;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Request;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConversationTest {
    private static final byte[] PING = body(command("ping", "admin"));

    private final CannedMongos mongos = new CannedMongos();
    private final Conversation conversation = new Conversation(mongos.connect("test"));

    private byte[] ask(byte[] message) throws FrameException {
        return requireNonNull(conversation.answer(message)).toBytes();
    }

    private Doc error(byte[] message) throws FrameException {
        return bodyOf(ask(message));
    }

    private static Doc document(int id) {
        return new DocBuilder().append("_id", id).buildDoc();
    }

    private static int code(Doc reply) {
        assertThat(requireNonNull(reply.get("ok")).toDouble()).isZero();
        assertThat(requireNonNull(reply.get("codeName")).asString()).isNotEmpty();
        return requireNonNull(reply.get("code")).asInt32();
    }

    private static Conversation answering(Doc reply) {
        return new Conversation(request -> reply);
    }

    private static Conversation failing(Throwable failure) {
        return new Conversation(request -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        });
    }

    @Test
    void a_ping_and_its_reply_have_exactly_these_bytes() throws FrameException {
        byte[] ping = HexFormat.of()
                .parseHex("33000000" + "07000000" + "00000000" + "dd070000" + "00000000" // header, flags
                        + "00" + "1e000000" + "10" + "70696e6700" + "01000000" // kind 0, {ping: 1,
                        + "02" + "24646200" + "06000000" + "61646d696e00" + "00"); // $db: "admin"}
        assertThat(ping).isEqualTo(Messages.ping(7));
        assertThat(HexFormat.of().formatHex(ask(ping)))
                .isEqualTo("26000000" + "01000000" + "07000000" + "dd070000" + "00000000" + "00" + "11000000" + "01"
                        + "6f6b00" + "000000000000f03f" + "00");
    }

    @Test
    void an_isMaster_by_op_query_has_its_database_added_and_is_answered_by_op_reply() throws FrameException {
        Doc isMaster =
                new DocBuilder().append("isMaster", 1).append("helloOk", true).buildDoc();
        byte[] reply = ask(Messages.opQuery(9, "admin.$cmd", isMaster));
        assertThat(Arrays.copyOf(reply, 36))
                .isEqualTo(join(
                        Messages.int32(reply.length),
                        Messages.int32(1),
                        Messages.int32(9),
                        Messages.int32(1),
                        Messages.int32(8),
                        new byte[8],
                        Messages.int32(0),
                        Messages.int32(1)));
        assertThat(Doc.view(reply, 36).get("msg")).isEqualTo(Value.of("isdbgrid"));
        assertThat(mongos.requests().get(0).body())
                .isEqualTo(new DocBuilder()
                        .appendAll(isMaster)
                        .append("$db", "admin")
                        .buildDoc());
    }

    @Test
    void a_command_by_op_query_may_come_beside_a_read_preference() throws FrameException {
        Doc wrapped = new DocBuilder()
                .append("$query", new DocBuilder().append("hello", 1).buildDoc())
                .append("$readPreference", Doc.EMPTY)
                .buildDoc();
        ask(Messages.opQuery(1, "admin.$cmd", wrapped));
        assertThat(mongos.requests().get(0).body()).isEqualTo(command("hello", "admin"));
    }

    @Test
    void other_legacy_requests_are_answered_that_they_are_no_longer_supported() throws FrameException {
        Doc find = new DocBuilder().append("find", "items").buildDoc();
        for (byte[] message : List.of(
                Messages.opQuery(1, "shop.$cmd", find),
                Messages.opQuery(1, "shop.items", Doc.EMPTY),
                Messages.opQuery(1, "shop.$cmd", Doc.EMPTY),
                Messages.opQuery(1, "admin.$cmd", command("isMaster", "shop")),
                Messages.frame(2005, 1, new byte[20]))) {
            byte[] reply = ask(message);
            assertThat(Bson.int32(reply, 16) & 2).as("QueryFailure").isEqualTo(2);
            assertThat(code(Doc.view(reply, 36))).isIn(352, 5739101, 40621);
            assertThat(Doc.view(reply, 36).has("$err")).isTrue();
        }
        assertThat(mongos.requests()).isEmpty();
    }

    @Test
    void document_sequences_reach_the_engine_in_any_order() throws FrameException {
        Doc insert =
                new DocBuilder().append("insert", "items").append("$db", "shop").buildDoc();
        ask(opMsg(1, 0, sequence("documents", document(1), document(2)), body(insert), sequence("empty")));
        Request request = mongos.requests().get(0);
        assertThat(request.body()).isEqualTo(insert);
        assertThat(request.sequences())
                .isEqualTo(Map.of("documents", List.of(document(1), document(2)), "empty", List.of()));
    }

    @Test
    void a_request_with_a_checksum_is_verified_and_answered_with_one() throws FrameException {
        byte[] reply = ask(Messages.opMsgWithChecksum(1, PING));
        assertThat(Bson.int32(reply, 16)).isEqualTo(1);
        CRC32C crc = new CRC32C();
        crc.update(reply, 0, reply.length - 4);
        assertThat(Bson.int32(reply, reply.length - 4)).isEqualTo((int) crc.getValue());
        assertThat(Bson.int32(reply, 0)).isEqualTo(reply.length);
        assertThat(bodyOf(reply)).isEqualTo(CannedMongos.ok());
    }

    @Test
    void a_flipped_bit_anywhere_in_a_message_with_a_checksum_ends_the_connection_or_is_refused() throws FrameException {
        byte[] good = Messages.opMsgWithChecksum(1, PING);
        for (int bit = 20 * 8; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> conversation.answer(bad))
                    .isInstanceOf(FrameException.class)
                    .hasMessageContaining("checksum");
        }
        assertThat(mongos.requests()).isEmpty();
    }

    @Test
    void a_sender_that_has_more_to_come_gets_no_reply_not_even_an_error() throws FrameException {
        assertThat(conversation.answer(opMsg(1, 2, PING))).isNull();
        assertThat(mongos.requests()).hasSize(1);
        assertThat(conversation.answer(opMsg(2, 2, PING, PING))).isNull();
        assertThat(mongos.requests()).hasSize(1);
    }

    @Test
    void exhaust_is_allowed_and_unused_and_other_optional_flags_are_ignored() throws FrameException {
        assertThat(Bson.int32(ask(opMsg(1, 1 << 16, PING)), 16)).isZero();
        assertThat(Bson.int32(ask(opMsg(1, 0xFFFF0000, PING)), 16)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void an_unknown_required_flag_ends_the_connection(int bit) {
        assertThatThrownBy(() -> conversation.answer(opMsg(1, 1 << bit, PING))).isInstanceOf(FrameException.class);
    }

    @Test
    void sections_that_do_not_add_up_are_refused_with_the_numbers_of_mongodb() throws FrameException {
        Doc both = new DocBuilder().append("insert", "c").append("documents", 1).buildDoc();
        assertThat(code(error(opMsg(1, 0)))).isEqualTo(40587);
        assertThat(code(error(opMsg(1, 0, PING, PING)))).isEqualTo(40430);
        assertThat(code(error(opMsg(1, 0, PING, sequence("a"), sequence("a"))))).isEqualTo(40431);
        assertThat(code(error(opMsg(1, 0, PING, new byte[] {2})))).isEqualTo(40432);
        assertThat(code(error(opMsg(1, 0, body(both), sequence("documents"))))).isEqualTo(40433);
        assertThat(mongos.requests()).isEmpty();
    }

    @Test
    void a_document_that_is_not_bson_is_refused_and_the_connection_lives() throws FrameException {
        byte[] bad = PING.clone();
        bad[5] = 0x55;
        assertThat(code(error(opMsg(1, 0, bad)))).isEqualTo(22);
        assertThat(code(error(opMsg(1, 0, PING, sequence("documents", Doc.of(new byte[] {6, 0, 0, 0, 9, 0}))))))
                .isEqualTo(22);
        assertThat(bodyOf(ask(Messages.ping(2)))).isEqualTo(CannedMongos.ok());
    }

    @Test
    void lengths_that_leave_the_message_end_the_connection() {
        for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 4, 31, 1_000, Integer.MAX_VALUE}) {
            byte[] bad = PING.clone();
            Bson.putInt32(bad, 1, length);
            assertThatThrownBy(() -> conversation.answer(opMsg(1, 0, bad))).isInstanceOf(FrameException.class);
        }
        for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 3, 4, 6, 1_000, Integer.MAX_VALUE}) {
            byte[] bad = sequence("documents", document(1));
            Bson.putInt32(bad, 1, length);
            assertThatThrownBy(() -> conversation.answer(opMsg(1, 0, PING, bad)))
                    .isInstanceOf(FrameException.class);
        }
    }

    @Test
    void sequences_and_their_documents_are_counted() throws FrameException {
        byte[] many = sequence("documents", Doc.EMPTY);
        byte[] empties = new byte[5 * 100_001];
        for (int i = 0; i < empties.length; i += 5) {
            empties[i] = 5;
        }
        byte[] batch = join(many, empties);
        Bson.putInt32(batch, 1, batch.length - 1);
        assertThat(code(error(opMsg(1, 0, PING, batch)))).isEqualTo(16);
        byte[][] nine = new byte[9][];
        Arrays.setAll(nine, i -> sequence("s" + i));
        assertThatThrownBy(() -> conversation.answer(opMsg(1, 0, PING, join(nine))))
                .isInstanceOf(FrameException.class);
    }

    @Test
    void a_document_beyond_16_mib_and_16_kib_is_refused() throws FrameException {
        byte[] blob = new byte[16 * 1024 * 1024 + 16 * 1024];
        Doc big = new DocBuilder(blob.length + 64)
                .append("ping", Value.binary(blob))
                .buildDoc();
        assertThat(code(error(opMsg(1, 0, body(big))))).isEqualTo(10334);
    }

    @Test
    void a_bug_in_a_command_is_an_internal_error_and_the_connection_lives() throws FrameException {
        for (Throwable bug :
                List.of(new IllegalStateException("x"), new AssertionError("x"), new StackOverflowError())) {
            Conversation failing = failing(bug);
            assertThat(code(bodyOf(
                            requireNonNull(failing.answer(Messages.ping(1))).toBytes())))
                    .isEqualTo(1);
        }
        CommandException refused = new CommandException(ErrorCode.BAD_VALUE, "no", document(7));
        Doc reply =
                bodyOf(requireNonNull(failing(refused).answer(Messages.ping(1))).toBytes());
        assertThat(code(reply)).isEqualTo(2);
        assertThat(reply.get("_id")).isEqualTo(Value.of(7));
    }

    @Test
    void a_reply_may_be_48_mb_and_16_kb_and_not_more() throws FrameException {
        Doc fits = new DocBuilder(48_010_100)
                .append("b", Value.binary(new byte[48_010_000]))
                .buildDoc();
        byte[] reply = requireNonNull(answering(fits).answer(Messages.opMsgWithChecksum(1, PING)))
                .toBytes();
        assertThat(bodyOf(reply)).isEqualTo(fits);
        Doc tooBig = new DocBuilder(48_020_100)
                .append("b", Value.binary(new byte[48_020_000]))
                .buildDoc();
        assertThat(code(bodyOf(requireNonNull(answering(tooBig).answer(Messages.ping(1)))
                        .toBytes())))
                .isEqualTo(10334);
    }

    @Test
    void a_reply_copied_in_pieces_is_the_same_reply() throws FrameException {
        Reply reply = requireNonNull(conversation.answer(Messages.opMsgWithChecksum(1, PING)));
        for (int piece = 1; piece <= reply.length(); piece++) {
            byte[] copied = new byte[reply.length()];
            for (int at = 0; at < copied.length; ) {
                int n = reply.copy(at, copied, at, Math.min(piece, copied.length - at));
                assertThat(n).isPositive();
                at += n;
            }
            assertThat(copied).isEqualTo(reply.toBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void mutations_of_good_messages_are_answered_refused_or_end_the_connection(long seed) {
        Random random = new Random(seed);
        int answered = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutant = Mutations.of(random);
            try {
                Reply reply = conversation.answer(mutant);
                answered += reply == null ? 0 : 1;
            } catch (FrameException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "seed " + seed + ", mutant " + HexFormat.of().formatHex(mutant), e);
            }
        }
        assertThat(answered).as("seed %s", seed).isGreaterThan(1_000);
        assertThat(refused).as("seed %s", seed).isGreaterThan(1_000);
    }
}
