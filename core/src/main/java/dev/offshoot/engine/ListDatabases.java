package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.Filter;
import dev.offshoot.state.Branch;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.Projects;
import dev.offshoot.state.Snapshot;
import dev.offshoot.store.CorruptionException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * {@code listDatabases}: each project under its name, and {@code shop~feature-x} for each other branch (decision 17). Sizes are those of
 * the documents that a branch shows; what branches share is stored once.
 */
final class ListDatabases implements Command {
    @Override
    public String name() {
        return "listDatabases";
    }

    @Override
    public String help() {
        return "lists projects, and each branch as PROJECT~BRANCH";
    }

    @Override
    public Set<String> fields() {
        return Set.of("filter", "nameOnly", "authorizedDatabases");
    }

    @Override
    public boolean adminOnly() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Filter filter = call.listFilter();
        call.strictBool("authorizedDatabases");
        boolean nameOnly = call.bool("nameOnly", false);
        long total = 0;
        reply.startArray("databases");
        for (Database database : databases(call.engine().projects())) {
            Doc described = nameOnly ? database.nameOnly() : database.toDoc();
            if (filter.matches(described)) {
                total += database.bytes;
                reply.add(described);
            }
        }
        reply.end();
        if (!nameOnly) {
            reply.append("totalSize", total).append("totalSizeMb", total >> 20);
        }
    }

    private static List<Database> databases(Projects projects) {
        List<Database> databases = new ArrayList<>();
        for (Projects.Info info : projects.list()) {
            try {
                Project project = projects.find(info.name());
                if (project != null) {
                    addBranches(project, databases);
                }
            } catch (CorruptionException e) {
                databases.add(new Database(info.name(), 0, false)); // whoever uses it is told why not
            }
        }
        databases.sort(Comparator.comparing(Database::name));
        return databases;
    }

    private static void addBranches(Project project, List<Database> databases) {
        for (Branch branch : project.catalog().branches()) {
            Snapshot head = project.acknowledgedState(branch.id());
            if (head != null) {
                String name = branch.name().equals(Branch.MAIN) ? project.name() : project.name() + "~" + branch.name();
                long bytes = head.all().stream()
                        .mapToLong(CollectionSnapshot::dataBytes)
                        .sum();
                databases.add(new Database(name, bytes, head.byName().size() == 0));
            }
        }
    }

    private record Database(String name, long bytes, boolean empty) {
        Doc toDoc() {
            return new DocBuilder()
                    .append("name", name)
                    .append("sizeOnDisk", bytes)
                    .append("empty", empty)
                    .buildDoc();
        }

        Doc nameOnly() {
            return new DocBuilder().append("name", name).buildDoc();
        }
    }
}
