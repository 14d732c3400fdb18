package dev.offshoot.wire;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.engine.CloseConnectionException;
import dev.offshoot.engine.Request;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's messages and replies: bytes in, bytes out. Both doors use it. A message that cannot be followed ends the
 * connection ({@link FrameException}); one that can and is refused gets an error reply. Used by one thread at a time.
 */
public final class Conversation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

    private final Commands commands;
    private int lastId;

    public Conversation(Commands commands) {
        this.commands = commands;
    }

    /**
     * Answers one whole message.
     *
     * @param message the engine keeps views of it: nobody may change it afterwards
     * @return null if the sender expects no reply
     */
    public @Nullable Reply answer(byte[] message) throws FrameException {
        Reply reply = replyTo(message);
        commands.exchanged(message.length, reply == null ? 0 : reply.length());
        return reply;
    }

    private @Nullable Reply replyTo(byte[] message) throws FrameException {
        return switch (Frame.opcode(message)) {
            case Frame.OP_MSG -> answerMsg(message);
            case Frame.OP_QUERY -> answerQuery(message);
            case Frame.OP_GET_MORE ->
                legacyFailure(
                        message,
                        new CommandException(
                                ErrorCode.location(5739101),
                                "OP_GET_MORE is no longer supported. The client driver may require an upgrade."));
            default -> throw new FrameException("unknown opcode " + Frame.opcode(message));
        };
    }

    private @Nullable Reply answerMsg(byte[] message) throws FrameException {
        int flags = OpMsg.flags(message);
        Doc reply;
        try {
            reply = run(OpMsg.parse(message, flags));
        } catch (CommandException e) {
            reply = error(e);
        }
        if ((flags & OpMsg.MORE_TO_COME) != 0) {
            return null;
        }
        boolean checksum = (flags & OpMsg.CHECKSUM_PRESENT) != 0;
        return Reply.opMsg(++lastId, Frame.requestId(message), reply, checksum);
    }

    private Reply answerQuery(byte[] message) throws FrameException {
        try {
            return Reply.opReply(++lastId, Frame.requestId(message), run(OpQuery.parse(message)), false);
        } catch (CommandException e) {
            return legacyFailure(message, e);
        }
    }

    private Reply legacyFailure(byte[] message, CommandException e) {
        Doc failure =
                new DocBuilder().append("$err", e.message()).appendAll(error(e)).buildDoc();
        return Reply.opReply(++lastId, Frame.requestId(message), failure, true);
    }

    /** A bug in one command must cost neither the connection nor the server. */
    private Doc run(Request request) throws FrameException {
        Doc reply;
        try {
            reply = commands.run(request);
        } catch (CommandException e) {
            throw e;
        } catch (CloseConnectionException e) {
            throw new FrameException(String.valueOf(e.getMessage())); // the door closes the connection
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            LOG.error("command {} failed unexpectedly", commandName(request), e);
            throw new CommandException(
                    ErrorCode.INTERNAL_ERROR, "internal error in " + commandName(request) + "; the log says more");
        }
        if (reply.length() > Frame.REPLY_BYTES_MAX - 64) {
            throw new CommandException(
                    ErrorCode.BSON_OBJECT_TOO_LARGE,
                    "the reply to " + commandName(request) + " has " + reply.length()
                            + " bytes; ask for smaller batches");
        }
        return reply;
    }

    private static String commandName(Request request) {
        return request.body().isEmpty() ? "(none)" : request.body().first().name();
    }

    private static Doc error(CommandException e) {
        DocBuilder reply = new DocBuilder()
                .append("ok", 0.0)
                .append("errmsg", e.message())
                .append("code", e.code().number())
                .append("codeName", e.code().name());
        Doc details = e.details();
        return details == null ? reply.buildDoc() : reply.appendAll(details).buildDoc();
    }

    @Override
    public void close() {
        commands.close();
    }
}
