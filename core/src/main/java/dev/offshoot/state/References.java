package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.wal.Pending;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps commits that refer to past positions and cleanups apart. Whoever reads the log again has to find what a commit refers to, so from
 * the look whether that is stored until the commit is in the log nothing may be removed; and a cleanup, which leaves alone what the
 * catalog refers to, may not miss a commit that is on its way. Heads need no look: a checkpoint before the commit has them, or the log above it.
 * Thread safe.
 */
final class References {
    /** So many commits at a time; a cleanup takes all permits. In order of arrival, so that a cleanup gets its turn. */
    private final Semaphore permits = new Semaphore(Integer.MAX_VALUE, true);

    private final Needs needs;

    References(Needs needs) {
        this.needs = needs;
    }

    /** One use; may be closed again. */
    final class Use implements AutoCloseable {
        private final int taken;
        private final List<Long> positions = new ArrayList<>();
        private final AtomicBoolean ended = new AtomicBoolean();

        private Use(int taken) {
            this.taken = taken;
        }

        /**
         * Says to other processes that a position is referred to.
         *
         * @throws CommandException when one of them is removing what it needs
         */
        void refer(long lsn) {
            positions.add(lsn);
            needs.refer(lsn);
        }

        @Override
        public void close() {
            if (!ended.getAndSet(true)) {
                positions.forEach(needs::referred);
                permits.release(taken);
            }
        }
    }

    /**
     * Attempts a commit that refers to something. Whoever waited for what became of it {@link #tell tells} the others.
     *
     * @param look says what it refers to, and throws a CommandException where that is no longer stored, which the attempt fails with then
     * @param dependsOn what has to be acknowledged before that may be said
     * @param attempt submits the commit
     */
    <R> @Nullable Attempt<R> commit(
            Consumer<Use> look, @Nullable Pending dependsOn, Supplier<@Nullable Attempt<R>> attempt) {
        permits.acquireUninterruptibly();
        Use use = new Use(1);
        Pending pending = null;
        try {
            try {
                look.accept(use);
            } catch (CommandException e) {
                return Attempt.failed(e, dependsOn);
            }
            Attempt<R> made = attempt.get();
            pending = made != null && made.own() ? made.pending() : null;
            return made;
        } finally {
            if (pending == null) {
                use.close();
            } else {
                pending.whenSettled(use::close);
            }
        }
    }

    /** Tells other processes when nothing is referred to any more. */
    void tell() {
        needs.tell();
    }

    /** While this is open no commit refers to anything; null where one was on its way for all of a time. */
    @Nullable
    Use alone(long millis) {
        try {
            return permits.tryAcquire(Integer.MAX_VALUE, millis, TimeUnit.MILLISECONDS)
                    ? new Use(Integer.MAX_VALUE)
                    : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
