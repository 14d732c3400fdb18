package dev.offshoot.driver;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Request;
import dev.offshoot.wire.Commands;
import dev.offshoot.wire.Door;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * A door behind which a plain database name means one branch: {@code shop} is {@code shop~feature-x}. A name that carries a branch
 * already keeps it; so the driver's follow-ups, which repeat the full name out of a reply, arrive where the cursor is. The
 * databases that are MongoDB's own are left alone.
 */
final class BranchDoor implements Door {
    private static final Set<String> SYSTEM_DATABASES = Set.of("admin", "local", "config", "$external");
    private static final byte[] DB = "$db".getBytes(StandardCharsets.UTF_8);
    private static final byte[] RENAME = "renameCollection".getBytes(StandardCharsets.UTF_8);
    private static final byte[] TO = "to".getBytes(StandardCharsets.UTF_8);

    private final Door door;
    private final String branch;

    BranchDoor(Door door, String branch) {
        this.door = door;
        this.branch = branch;
    }

    @Override
    public Commands connect(String address) {
        Commands commands = door.connect(address);
        return new Commands() {
            @Override
            public Doc run(Request request) {
                return commands.run(new Request(onBranch(request.body()), request.sequences()));
            }

            @Override
            public void close() {
                commands.close();
            }
        };
    }

    /** The same command with its database named in full. */
    Doc onBranch(Doc body) {
        boolean rename = isRename(body);
        DocBuilder full = new DocBuilder(body.length() + branch.length() + 1);
        for (Doc.Fields f = body.fields(); f.next(); ) {
            if (f.type() == Bson.STRING && f.nameIs(DB)) {
                full.append("$db", database(f.value().asString()));
            } else if (rename && f.type() == Bson.STRING && (f.nameIs(RENAME) || f.nameIs(TO))) {
                full.append(f.name(), Value.of(namespace(f.value().asString())));
            } else {
                full.appendField(body.bytes(), f.nameStart() - 1, f.valueEnd());
            }
        }
        return full.buildDoc();
    }

    /** The one command that names its databases in other fields. */
    private static boolean isRename(Doc body) {
        Doc.Fields f = body.fields();
        return f.next() && f.nameIs(RENAME);
    }

    private String namespace(String namespace) {
        int dot = namespace.indexOf('.');
        return dot < 0 ? namespace : database(namespace.substring(0, dot)) + namespace.substring(dot);
    }

    private String database(String name) {
        boolean isFull = name.isEmpty() || name.indexOf('~') >= 0 || name.indexOf('@') >= 0;
        return isFull || SYSTEM_DATABASES.contains(name) ? name : name + "~" + branch;
    }
}
