package dev.offshoot.cli;

import com.mongodb.MongoCommandException;
import com.mongodb.ServerAddress;
import dev.offshoot.engine.Engine;
import dev.offshoot.store.Store;
import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.DocumentCodec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal validate PROJECT}. With {@code --data} or {@code --store} nothing is opened, so damage does not hinder it. */
@Command(
        name = "validate",
        description = {
            "Check every record, checkpoint and page of a project, and say where something is damaged.",
            "Exit code 1 where something is. With --data or --store this works on what no server can open any more."
        })
final class WalValidate implements Callable<Integer> {
    private static final List<String> FIELDS = List.of(
            "project", "valid", "first_lsn", "last_lsn", "records", "checkpoints", "pages", "problems", "notes");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    WalValidate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document report = target.isServer() ? asked() : looked();
        boolean valid = report.getBoolean("valid");
        Output to = output.to(terminal);
        if (to.json()) {
            to.fields(Replies.fields(report, FIELDS));
        } else {
            print(report, valid);
        }
        return valid ? ExitCodes.OK : ExitCodes.FAILURE;
    }

    private Document asked() {
        try (Target open = target.open(terminal)) {
            return open.admin().runCommand(new Document("walValidate", project));
        }
    }

    private Document looked() {
        try (Store store = target.openStore()) {
            RawBsonDocument reply = new RawBsonDocument(Engine.validate(store, project));
            if (reply.getDouble("ok").getValue() == 0) {
                throw new MongoCommandException(reply, new ServerAddress());
            }
            return new DocumentCodec()
                    .decode(reply.asBsonReader(), DecoderContext.builder().build());
        }
    }

    private void print(Document report, boolean valid) {
        report.getList("problems", String.class).forEach(line -> terminal.out().println("damaged: " + line));
        report.getList("notes", String.class).forEach(line -> terminal.out().println("note: " + line));
        terminal.out()
                .println(project + (valid ? " is whole: " : " is DAMAGED: ") + report.get("records")
                        + " records, LSN " + report.get("first_lsn") + " to " + report.get("last_lsn") + "; "
                        + report.get("checkpoints") + " checkpoints, " + report.get("pages") + " pages");
    }
}
