package dev.offshoot.wire;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Request;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Set;

/**
 * OP_QUERY: the legacy message that most drivers open a connection with. Only what a handshake needs is answered, on
 * {@code <db>.$cmd}, as MongoDB does since 5.1.
 */
final class OpQuery {
    private static final String COMMANDS = ".$cmd";
    private static final ErrorCode UNSUPPORTED = new ErrorCode(352, "UnsupportedOpQueryCommand");
    private static final Set<String> HANDSHAKE = Set.of("hello", "isMaster", "ismaster", "buildInfo", "buildinfo");

    private OpQuery() {}

    /** The command in a message, with the database of its namespace as {@code $db}. */
    static Request parse(byte[] message) throws FrameException {
        Section query = new Section(message, Frame.HEADER_BYTES, message.length);
        query.int32();
        String namespace = query.name();
        query.int32();
        query.int32();
        Doc command = unwrap(query.document());
        if (!namespace.endsWith(COMMANDS)) {
            throw new CommandException(
                    ErrorCode.location(5739101),
                    "OP_QUERY is no longer supported. The client driver may require an upgrade.");
        }
        String name = command.isEmpty() ? "" : command.first().name();
        if (!HANDSHAKE.contains(name)) {
            throw new CommandException(
                    UNSUPPORTED,
                    "Unsupported OP_QUERY command: " + name + ". The client driver may require an upgrade.");
        }
        if (command.has("$db")) {
            throw new CommandException(ErrorCode.location(40621), "$db is not allowed in OP_QUERY requests");
        }
        String database = namespace.substring(0, namespace.length() - COMMANDS.length());
        return Request.of(new DocBuilder(command.length() + 32)
                .appendAll(command)
                .append("$db", database)
                .buildDoc());
    }

    /** A command may come wrapped beside a read preference. */
    private static Doc unwrap(Doc query) {
        Value wrapped = query.get("$query");
        return wrapped != null && wrapped.isDocument() ? wrapped.asDoc() : query;
    }
}
