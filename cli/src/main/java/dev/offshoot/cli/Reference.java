package dev.offshoot.cli;

import java.util.List;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * A database as people name it: {@code shop}, {@code shop~exp}, {@code shop~exp~48211}, {@code shop~v1}; {@code @} may stand for {@code ~}.
 * The server reads the position, so that there is one reader of positions; a driver could not even send some of them as a database.
 *
 * @param position what stands behind the project; null for nothing
 */
record Reference(String project, @Nullable String position) {
    static Reference of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '~' || text.charAt(i) == '@') {
                return new Reference(text.substring(0, i), text.substring(i + 1));
            }
        }
        return new Reference(text, null);
    }

    /** Names the position in a command to the project's database. */
    void appendTo(Document command) {
        if (position != null) {
            command.append("at", position);
        }
    }

    /** The one project that there is. */
    static Reference ofOnlyProject(Target open, String verb) {
        List<Document> projects = open.projects();
        if (projects.size() == 1) {
            return of(projects.get(0).getString("name"));
        }
        throw new CliException(
                ExitCodes.USAGE,
                projects.isEmpty() ? "there is no project" : "there are several projects; say which",
                projects.isEmpty()
                        ? "offshoot project create NAME"
                        : "offshoot " + verb + " " + projects.get(0).getString("name"));
    }
}
