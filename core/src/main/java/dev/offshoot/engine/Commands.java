package dev.offshoot.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The commands by name, with the other spellings that drivers use. */
final class Commands {
    private static final List<Command> ALL = List.of(
            new Aggregate(),
            new BranchLogCommand(),
            new BranchReflog(),
            new BuildInfo(),
            new BulkWrite(),
            new CherryPick(),
            new CollMod(),
            new CollStats(),
            new CommitBranch(),
            new ConfigureFailPoint(),
            new ConnectionStatus(),
            new ConvertToCapped(),
            new Count(),
            new CreateBranch(),
            new CreateCollection(),
            new CreateIndexes(),
            new CreateProject(),
            new CreateTag(),
            new CurrentOp(),
            new DbStats(),
            new Delete(),
            new DiffBranches(),
            new Distinct(),
            new DocumentBlame(),
            new DocumentHistoryCommand(),
            new DropBranch(),
            new DropCollection(),
            new DropDatabase(),
            new DropIndexes(),
            new DropProject(),
            new DropTag(),
            new EndSessions(),
            new Explain(),
            new Find(),
            new FindAndModify(),
            new GetCmdLineOpts(),
            new GetLog(),
            new GetMore(),
            new GetParameter(),
            new Hello(),
            new HostInfo(),
            new Insert(),
            new KillAllSessions(),
            new KillCursors(),
            new KillOp(),
            new KillSessions(),
            new ListBranches(),
            new ListCollections(),
            new ListCommands(),
            new ListConflicts(),
            new ListDatabases(),
            new ListIndexes(),
            new ListProjects(),
            new ListTags(),
            new MergeBranch(),
            new MergeRequest(),
            new Ping(),
            new RebaseBranch(),
            new RefreshSessions(),
            new RenameBranch(),
            new RenameCollection(),
            new ResetBranch(),
            new ResolveConflict(),
            new Restore(),
            new RevertMerge(),
            new ServerStatus(),
            new SetParameter(),
            new StartSession(),
            new Top(),
            new UndoChanges(),
            new Undrop(),
            new UpdateBranch(),
            new UpdateCommand(),
            new UpdateProject(),
            new Validate(),
            new WalCheckpoint(),
            new WalCleanup(),
            new WalListCheckpoints(),
            new WalListSegments(),
            new WalManifest(),
            new WalPages(),
            new WalRecords(),
            new WalReplay(),
            new WalSource(),
            new WalStats(),
            new WalTail(),
            new WalValidate(),
            new WhatsMyUri(),
            new SearchIndexCommand("createSearchIndexes"),
            new SearchIndexCommand("dropSearchIndex"),
            new SearchIndexCommand("listSearchIndexes"),
            new SearchIndexCommand("updateSearchIndex"));

    private static final Map<String, Command> BY_NAME = byName();
    private static final Map<Command, Set<String>> FIELDS = fields();

    private Commands() {}

    static @Nullable Command find(String name) {
        return BY_NAME.get(name);
    }

    /** What {@link Command#fields} answers, made once. */
    static Set<String> fields(Command command) {
        return FIELDS.getOrDefault(command, Set.of());
    }

    /** The name of each, without other spellings. */
    static Set<String> names() {
        return ALL.stream().map(Command::name).collect(Collectors.toSet());
    }

    static List<Command> all() {
        return ALL;
    }

    private static Map<String, Command> byName() {
        Map<String, Command> commands = new TreeMap<>();
        for (Command command : ALL) {
            commands.put(command.name(), command);
            command.aliases().forEach(alias -> commands.put(alias, command));
        }
        return commands;
    }

    private static Map<Command, Set<String>> fields() {
        Map<Command, Set<String>> fields = new HashMap<>();
        for (Command command : ALL) {
            fields.put(command, command.fields());
        }
        return fields;
    }
}
