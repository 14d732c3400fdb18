package dev.offshoot.driver;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Request;
import dev.offshoot.wire.Commands;
import dev.offshoot.wire.Door;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final byte[] BULK_WRITE = "bulkWrite".getBytes(StandardCharsets.UTF_8);
    private static final byte[] EXPLAIN = "explain".getBytes(StandardCharsets.UTF_8);
    private static final String NAMESPACES = "nsInfo";
    private static final byte[] NS_INFO = NAMESPACES.getBytes(StandardCharsets.UTF_8);
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
                return commands.run(onBranch(request));
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

    private Request onBranch(Request request) {
        Doc body = onBranch(request.body());
        List<Doc> namespaces = request.sequences().get(NAMESPACES);
        if (namespaces == null || !isNamed(body, BULK_WRITE)) {
            return new Request(body, request.sequences());
        }
        Map<String, List<Doc>> sequences = new LinkedHashMap<>(request.sequences());
        sequences.put(NAMESPACES, namespaces.stream().map(this::withNamespace).toList());
        return new Request(body, sequences);
    }

    /** The same command with its database named in full. */
    Doc onBranch(Doc body) {
        boolean rename = isNamed(body, RENAME);
        boolean aggregate = isNamed(body, AGGREGATE);
        boolean bulkWrite = isNamed(body, BULK_WRITE);
        boolean explain = isNamed(body, EXPLAIN);
        DocBuilder full = new DocBuilder(body.length() + branch.length() + 1);
        for (Doc.Fields f = body.fields(); f.next(); ) {
            if (f.type() == Bson.STRING && f.nameIs(DB)) {
                full.append("$db", database(f.value().asString()));
            } else if (rename && f.type() == Bson.STRING && (f.nameIs(RENAME) || f.nameIs(TO))) {
                full.append(f.name(), Value.of(namespace(f.value().asString())));
            } else if (aggregate && f.type() == Bson.ARRAY && f.nameIs(PIPELINE)) {
                full.append("pipeline", Value.array(writingOnBranch(f.value().asDoc())));
            } else if (bulkWrite && f.type() == Bson.ARRAY && f.nameIs(NS_INFO)) {
                full.append(NAMESPACES, Value.array(namespacesOnBranch(f.value().asDoc())));
            } else if (explain && f.type() == Bson.DOCUMENT && f.nameIs(EXPLAIN)) {
                full.append("explain", Value.document(onBranch(f.value().asDoc())));
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

    private Doc namespacesOnBranch(Doc namespaces) {
        DocBuilder full = new DocBuilder(namespaces.length() + branch.length() + 1);
        for (Doc.Field field : namespaces) {
            Value value = field.value();
            full.append(field.name(), value.isDocument() ? Value.document(withNamespace(value.asDoc())) : value);
        }
        return full.buildDoc();
    }

    /** {@code {ns: 'shop.items'}} with the database named in full. */
    private Doc withNamespace(Doc info) {
        DocBuilder full = new DocBuilder(info.length() + branch.length() + 1);
        for (Doc.Field field : info) {
            boolean names = field.name().equals("ns") && field.value().isString();
            full.append(field.name(), names ? Value.of(namespace(field.value().asString())) : field.value());
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
