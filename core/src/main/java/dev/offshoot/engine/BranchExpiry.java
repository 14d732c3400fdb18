package dev.offshoot.engine;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes branches whose time has come, as {@code dropBranch} does. Several processes may do so at once, and somebody may say meanwhile that
 * a branch stays: what counts is the catalog at the moment of the removal.
 */
final class BranchExpiry {
    private static final Logger LOG = LoggerFactory.getLogger(BranchExpiry.class);
    private static final String ACTOR = "offshoot";

    private final Project project;
    private final long nowMillis;

    BranchExpiry(Project project, long nowMillis) {
        this.project = project;
        this.nowMillis = nowMillis;
    }

    /** Removes what has expired and answers how many branches that were. */
    int run() {
        int removed = 0;
        Catalog catalog = project.catalog();
        for (Branch branch : catalog.branches()) {
            if (hasExpired(branch) && drop(branch)) {
                removed++;
            }
        }
        return removed;
    }

    private boolean drop(Branch branch) {
        try {
            Branch unused = project.dropBranch(
                    branch, this::check, new Origin(ACTOR, "dropBranch", branch.name(), branch.name(), "expired"));
            LOG.info("branch {} of project {} has expired and was dropped", branch.name(), project.name());
            return true;
        } catch (CommandException e) { // somebody was first, or it is to stay
            LOG.debug("branch {} of project {} was not dropped: {}", branch.name(), project.name(), e.getMessage());
            return false;
        }
    }

    private void check(Catalog catalog, Branch branch) {
        Branches.checkDroppable(catalog, branch);
        if (!hasExpired(branch)) {
            throw new CommandException(ErrorCode.ILLEGAL_OPERATION, "branch '" + branch.name() + "' has not expired");
        }
    }

    private boolean hasExpired(Branch branch) {
        Long expires = BranchProperties.expiresMillis(branch);
        return expires != null && expires <= nowMillis;
    }
}
