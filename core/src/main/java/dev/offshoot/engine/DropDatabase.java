package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code dropDatabase}: empties the one branch it names (decision 17), all collections at once. */
final class DropDatabase implements Command {
    @Override
    public String name() {
        return "dropDatabase";
    }

    @Override
    public String help() {
        return "empties the branch that the database names; other branches keep what they have";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        check(call);
        Target target = call.target();
        if (target == null) {
            return;
        }
        target.writable();
        int dropped = call.write(target, "", turn -> {
            List<Change> drops = new ArrayList<>();
            for (CollectionSnapshot collection : turn.snapshot().all()) {
                drops.add(new Change.DropCollection(collection.id()));
            }
            return new Draft<>(drops.size(), drops, List.of());
        });
        if (dropped > 0) {
            reply.append("dropped", call.database().text());
        }
    }

    private static void check(Invocation call) {
        Value one = call.body().first().value();
        if (!one.isNumber()) {
            throw call.mismatch("dropDatabase", one, "types '[long, int, decimal, double]'");
        }
        if (call.database().project().equals("admin")) {
            throw new CommandException(ErrorCode.ILLEGAL_OPERATION, "Dropping the 'admin' database is prohibited.");
        }
        if (one.toDouble() != 1) {
            throw new CommandException(ErrorCode.location(5255100), "Have to pass 1 as 'drop' parameter");
        }
    }
}
