package dev.offshoot.state;

import dev.offshoot.store.StoreSteps;
import dev.offshoot.store.WatchedStore;
import dev.offshoot.wal.SimulatedStore;
import java.util.List;
import java.util.function.IntPredicate;

/** Two processes on a store: at a chosen step of what one of them does there the other one has its turn. */
abstract class SharedScene extends RetentionScene {
    private int step;
    private int turnAt;
    private Runnable turn = () -> {};

    /** A store that is not shared with the test before, and the project with a branch {@code late}. */
    void begin() {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        project.createBranch("late", project.branch("main"), null, ORIGIN);
        checkpoint();
    }

    /** The projects as the process sees them that is watched. */
    Projects watched() {
        return projects(new WatchedStore(store, new StoreSteps(name -> {
            step++;
            if (step == turnAt) {
                turn.run();
            }
        })));
    }

    /** Does something with a watched store; at its n-th step from now another process has its turn. Answers whether it came to that step. */
    boolean isInterrupted(int n, Runnable work, Runnable other) {
        step = 0;
        turnAt = n;
        turn = other;
        work.run();
        turnAt = 0;
        return step >= n;
    }

    /** Does something with a turn for another process at the first step, the second and so on, until it has no such step; answers how often. */
    static int everyStep(IntPredicate isInterrupted) {
        int n = 1;
        while (isInterrupted.test(n)) {
            n++;
        }
        return n;
    }

    /** A cleanup that keeps only what it has to. */
    void clean(Project by) {
        clean(by, new Retention(0, 0));
    }

    void clean(Project by, Retention retention) {
        by.follow();
        by.checkpoints().cleanup(retention, List.of(), millis.get(), false);
    }
}
