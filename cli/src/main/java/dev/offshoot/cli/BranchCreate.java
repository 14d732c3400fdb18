package dev.offshoot.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonType;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.RawBsonDocumentCodec;
import org.bson.json.JsonParseException;
import org.bson.json.JsonReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot branch create PROJECT NAME [--from REF] [--collections A,B] [--schema-only] [--mask FILE] [--expires 2h]}. */
@Command(name = "create", description = "Create a branch. Copies nothing.")
final class BranchCreate implements Callable<Integer> {
    static final List<String> FIELDS = List.of("name", "parent", "base_lsn", "head_lsn");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project, or project~branch.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the new branch.")
    private String name = "";

    @Option(
            names = "--from",
            paramLabel = "REF",
            description =
                    "Where it begins: a branch, branch~LSN, branch~TIME, a tag, or an LSN or ISO time of the branch"
                            + " that PROJECT names. Default: that branch, or the default branch.")
    private @Nullable String from;

    @Option(
            names = "--collections",
            paramLabel = "NAMES",
            split = ",",
            description = "Only these collections, separated by commas; * stands for any characters.")
    private List<String> collections = List.of();

    @Option(
            names = "--schema-only",
            description = "Collections, options, validators, indexes and views, but no documents.")
    private boolean schemaOnly;

    @Option(
            names = "--mask",
            paramLabel = "FILE",
            description = "Hide fields from whoever reads through the branch. FILE is JSON: {\"users\": {\"email\":"
                    + " {\"fake\": \"email\"}, \"ssn\": \"redact\", \"phone\": \"hash\", \"notes\": \"null\"}}.")
    private @Nullable Path mask;

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    private @Nullable String description;

    @Option(names = "--label", paramLabel = "LABEL", description = "A label of it. Repeatable.")
    private List<String> labels = List.of();

    @Option(names = "--protect", description = "Only merges change it.")
    private boolean protect;

    @Option(
            names = "--expires",
            paramLabel = "SPAN|TIME",
            description = "Drop it after a while such as 2h or 7d, or at an ISO time.")
    private @Nullable String expires;

    BranchCreate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document reply = open.database(project).runCommand(command());
            Map<String, Object> branch = Replies.fields(reply, FIELDS);
            output.to(terminal)
                    .fact(
                            branch,
                            "created branch " + name + " of " + project + " from " + branch.get("parent") + " at LSN "
                                    + branch.get("base_lsn"));
        }
        return ExitCodes.OK;
    }

    private Document command() {
        Document command = new Document("createBranch", name);
        if (from != null) {
            command.append("from", from);
        }
        if (!collections.isEmpty()) {
            command.append("collections", collections);
        }
        if (schemaOnly) {
            command.append("schemaOnly", true);
        }
        if (mask != null) {
            command.append("mask", rules(mask));
        }
        if (description != null) {
            command.append("description", description);
        }
        if (!labels.isEmpty()) {
            command.append("labels", labels);
        }
        if (protect) {
            command.append("protected", true);
        }
        if (expires != null) {
            command.append("expires", expires);
        }
        return command;
    }

    /** What stands there twice would be half lost, and unmasked then. */
    private static BsonDocument rules(Path file) {
        try {
            JsonReader reader = new JsonReader(Files.readString(file));
            DecoderContext context = DecoderContext.builder().build();
            RawBsonDocument all = new RawBsonDocumentCodec().decode(reader, context);
            if (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                throw new JsonParseException("there is more behind the document");
            }
            BsonDocument rules = all.decode(new BsonDocumentCodec());
            RawBsonDocument once = new RawBsonDocument(rules, new BsonDocumentCodec());
            if (once.getByteBuffer().remaining() != all.getByteBuffer().remaining()) {
                throw new JsonParseException("a name stands there twice");
            }
            return rules;
        } catch (IOException e) {
            String why = Files.exists(file) ? String.valueOf(e.getMessage()) : "there is no such file";
            throw new CliException(
                    ExitCodes.NOT_FOUND, "cannot read the mask " + file + ": " + why, "--mask rules.json");
        } catch (JsonParseException | BsonInvalidOperationException | IllegalArgumentException e) {
            throw new CliException(
                    ExitCodes.USAGE, "the mask " + file + " is no JSON document: " + e.getMessage(), null);
        }
    }
}
