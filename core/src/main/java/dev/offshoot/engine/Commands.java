package dev.offshoot.engine;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The commands by name, with the other spellings that drivers use. */
final class Commands {
    private static final List<Command> ALL = List.of(
            new Aggregate(),
            new Count(),
            new Delete(),
            new Distinct(),
            new Explain(),
            new Find(),
            new FindAndModify(),
            new GetMore(),
            new Insert(),
            new KillCursors(),
            new Ping(),
            new UpdateCommand());

    private static final Map<String, Command> BY_NAME = byName();

    private Commands() {}

    static @Nullable Command find(String name) {
        return BY_NAME.get(name);
    }

    static List<Command> all() {
        return ALL;
    }

    private static Map<String, Command> byName() {
        Map<String, Command> commands = new TreeMap<>();
        for (Command command : ALL) {
            commands.put(command.name(), command);
        }
        return commands;
    }
}
