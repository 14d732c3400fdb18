package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.PageId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * <code>{walPages: 1, ids: binary}</code>: the pages with these ids, 32 bytes each, as they are stored: as many as are handy from the first on,
 * at least one.
 */
final class WalPages implements Command {
    @Override
    public String name() {
        return "walPages";
    }

    @Override
    public String help() {
        return "hands out pages of a project's checkpoints as bytes, for an archive";
    }

    @Override
    public Set<String> fields() {
        return Set.of("ids");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        reply.startArray("pages");
        for (byte[] page : call.existingProject().content().read(ids(call))) {
            reply.add(Value.binary(page));
        }
        reply.end();
    }

    private static List<PageId> ids(Invocation call) {
        Value value = call.get("ids");
        byte[] bytes = value == null || value.type() != Bson.BINARY ? new byte[0] : value.asBinary();
        if (bytes.length == 0 || bytes.length % PageId.BYTES != 0) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "ids is binary, " + PageId.BYTES + " bytes for each page, at least one page");
        }
        List<PageId> ids = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += PageId.BYTES) {
            ids.add(PageId.of(bytes, at));
        }
        return ids;
    }
}
