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
    private static final byte[] AGGREGATE = "aggregate".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PIPELINE = "pipeline".getBytes(StandardCharsets.UTF_8);
    private static final Set<String> WRITING_STAGES = Set.of("$out", "$merge");
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
            public void exchanged(int bytesIn, int bytesOut) {
                commands.exchanged(bytesIn, bytesOut);
            }

            @Override
            public void close() {
                commands.close();
            }
        };
    }

    /** The same command with its database named in full. */
    Doc onBranch(Doc body) {
        boolean rename = isNamed(body, RENAME);
        boolean aggregate = isNamed(body, AGGREGATE);
        DocBuilder full = new DocBuilder(body.length() + branch.length() + 1);
        for (Doc.Fields f = body.fields(); f.next(); ) {
            if (f.type() == Bson.STRING && f.nameIs(DB)) {
                full.append("$db", database(f.value().asString()));
            } else if (rename && f.type() == Bson.STRING && (f.nameIs(RENAME) || f.nameIs(TO))) {
                full.append(f.name(), Value.of(namespace(f.value().asString())));
            } else if (aggregate && f.type() == Bson.ARRAY && f.nameIs(PIPELINE)) {
                full.append("pipeline", Value.array(writingOnBranch(f.value().asDoc())));
            } else {
                full.appendField(body.bytes(), f.nameStart() - 1, f.valueEnd());
            }
        }
        return full.buildDoc();
    }

    private static boolean isNamed(Doc body, byte[] name) {
        Doc.Fields f = body.fields();
        return f.next() && f.nameIs(name);
    }

    /** The stages, of which one that writes may name a database too. */
    private Doc writingOnBranch(Doc stages) {
        DocBuilder full = new DocBuilder(stages.length() + branch.length() + 1);
        for (Doc.Field stage : stages) {
            Value value = stage.value();
            boolean writes = value.isDocument()
                    && !value.asDoc().isEmpty()
                    && WRITING_STAGES.contains(value.asDoc().first().name());
            full.append(stage.name(), writes ? Value.document(withDatabases(value.asDoc())) : value);
        }
        return full.buildDoc();
    }

    /** {@code $out: {db, coll}} or {@code $merge: {into: {db, coll}}} with the database named in full. */
    private Doc withDatabases(Doc doc) {
        DocBuilder full = new DocBuilder(doc.length() + branch.length() + 1);
        for (Doc.Field field : doc) {
            Value value = field.value();
            if (field.name().equals("db") && value.isString()) {
                full.append("db", database(value.asString()));
            } else if (value.isDocument()
                    && (WRITING_STAGES.contains(field.name()) || field.name().equals("into"))) {
                full.append(field.name(), withDatabases(value.asDoc()));
            } else {
                full.append(field.name(), value);
            }
        }
        return full.buildDoc();
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
