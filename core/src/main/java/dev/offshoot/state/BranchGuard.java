package dev.offshoot.state;

/** Decides whether something may be done to a branch, at the moment when it is done. Called again where that has to be tried again. */
@FunctionalInterface
public interface BranchGuard {
    /** Refuses nothing. */
    BranchGuard NONE = (catalog, branch) -> {};

    /**
     * Returns where it may be done.
     *
     * @param catalog the newest, which may not be acknowledged yet
     * @param branch as the catalog has it
     * @throws dev.offshoot.mql.CommandException where it may not
     */
    void check(Catalog catalog, Branch branch);
}
