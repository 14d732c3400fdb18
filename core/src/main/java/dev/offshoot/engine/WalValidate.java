package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Validation;
import dev.offshoot.state.ValidationReport;
import dev.offshoot.store.Store;
import java.util.List;
import java.util.Set;

/**
 * <code>{walValidate: "shop"}</code> on {@code admin}, or <code>{walValidate: 1}</code> on the project's database: looks at everything
 * that is stored of a project; {@code valid} says whether all of it is whole. The first form does not open the project, so it also works
 * where that fails because of damage.
 */
final class WalValidate implements Command {
    @Override
    public String name() {
        return "walValidate";
    }

    @Override
    public String help() {
        return "checks every record, checkpoint and page of a project";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String project = call.database().isSystem()
                ? DatabaseReference.checkProject(call.string(call.name()))
                : call.database().project();
        check(call.engine().store(), project, call.deadline()::checkNow, reply);
    }

    /** Checks a project of a store, which need not be open. */
    static void check(Store store, String project, Runnable patience, DocBuilder reply) {
        ValidationReport report = Validation.of(store, project, patience);
        reply.append("project", report.project())
                .append("valid", report.problems().isEmpty())
                .append("first_lsn", report.firstLsn())
                .append("last_lsn", report.lastLsn())
                .append("records", report.records())
                .append("checkpoints", report.checkpoints())
                .append("pages", report.pages());
        list("problems", report.problems(), reply);
        list("notes", report.notes(), reply);
    }

    private static void list(String name, List<String> lines, DocBuilder reply) {
        reply.startArray(name);
        lines.forEach(reply::add);
        reply.end();
    }
}
