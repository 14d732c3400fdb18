package dev.offshoot.store.file;

import dev.offshoot.store.PageId;
import dev.offshoot.store.PageStore.Amount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes pages. First they are forgotten; then packs that nothing is left of are removed, and packs that little is left of, or that are
 * small and many, are written anew: what is left goes to a new pack, and only when that is finished the old ones are removed. So a
 * crash leaves pages twice at worst. A forgotten page whose pack stays is there again after the next opening, until the sweep after that.
 *
 * <p>One at a time, beside reads, puts and flushes.
 */
final class PageSweep {
    private static final Logger LOG = LoggerFactory.getLogger(PageSweep.class);

    private final PackFolder folder;
    private final PageIndex index;
    private final PackLimits limits;

    PageSweep(PackFolder folder, PackLimits limits) {
        this.folder = folder;
        this.index = folder.index();
        this.limits = limits;
    }

    synchronized Amount run(Predicate<PageId> reachable, long markedBefore, boolean dryRun) throws IOException {
        Amount removed = Amount.NONE;
        for (Pack pack : index.finished()) {
            removed = removed.plus(forget(pack, reachable, markedBefore, dryRun));
        }
        if (!dryRun) {
            compact();
        }
        return removed;
    }

    private Amount forget(Pack pack, Predicate<PageId> reachable, long markedBefore, boolean dryRun)
            throws IOException {
        Amount removed = Amount.NONE;
        for (PackEntry entry : folder.entries(pack)) {
            PageLocation at = entry.in(pack);
            long mark = index.mark(entry.id(), at);
            if (mark < 0 || mark >= markedBefore || reachable.test(entry.id())) {
                continue;
            }
            if (dryRun || index.removeIfOlder(entry.id(), at, markedBefore)) {
                removed = removed.plus(new Amount(1, entry.frameBytes()));
            }
        }
        return removed;
    }

    private void compact() throws IOException {
        List<Pack> old = toRewrite();
        if (old.isEmpty()) {
            return;
        }
        List<Pack> done = rewrite(old);
        for (Pack pack : done) {
            folder.remove(pack);
        }
        folder.force();
    }

    private List<Pack> toRewrite() {
        List<Pack> all = index.finished();
        long small = all.stream().filter(this::isSmall).count();
        return all.stream()
                .filter(pack -> isMostlyForgotten(pack) || (small > limits.smallMax() && isSmall(pack)))
                .toList();
    }

    private boolean isMostlyForgotten(Pack pack) {
        Amount live = index.live(pack);
        return pack.isDamaged() ? live.pages() == 0 : live.bytes() * 2 < pack.frameBytes();
    }

    private boolean isSmall(Pack pack) {
        return !pack.isDamaged() && pack.frameBytes() < limits.smallBytes();
    }

    /** Writes what is left of packs to new ones; answers those that are not needed any more. */
    private List<Pack> rewrite(List<Pack> old) throws IOException {
        List<Pack> done = new ArrayList<>();
        try (Target target = new Target()) {
            for (Pack pack : old) {
                if (copy(pack, target)) {
                    done.add(pack);
                }
            }
            target.finish();
        }
        return done;
    }

    /** Copies the pages that are left; whether all of them could be read. */
    private boolean copy(Pack pack, Target target) throws IOException {
        if (index.live(pack).pages() == 0) {
            return true;
        }
        List<PackEntry> entries = new ArrayList<>(folder.entries(pack));
        entries.sort(Comparator.comparingLong(PackEntry::offset));
        boolean whole = true;
        for (PackEntry entry : entries) {
            PageLocation at = entry.in(pack);
            long mark = index.mark(entry.id(), at);
            if (mark < 0) {
                continue;
            }
            try {
                target.add(entry.id(), at, folder.read(entry.id(), at), mark);
            } catch (DamagedFrame e) {
                whole = false;
                LOG.warn("pack {} of {} stays: at offset {}: {}", at.pack(), folder, e.offset(), e.reason());
            }
        }
        return whole;
    }

    /** A page that is now at another place too. */
    private record Move(PageId id, PageLocation from, PageLocation to) {}

    /** The packs that pages are moved to. A page is found there once its pack is durable. */
    private final class Target implements AutoCloseable {
        private final List<Move> moves = new ArrayList<>();
        private @Nullable PackWriter writer;

        void add(PageId id, PageLocation from, byte[] bytes, long mark) throws IOException {
            PackWriter current = writer;
            if (current == null) {
                current = folder.begin();
                writer = current;
            }
            moves.add(new Move(id, from, current.append(id, bytes, mark)));
            if (current.isFull(limits)) {
                finish();
            }
        }

        void finish() throws IOException {
            PackWriter finished = writer;
            writer = null;
            if (finished != null) {
                folder.finish(finished);
                moves.forEach(move -> index.move(move.id(), move.from(), move.to()));
                moves.clear();
            }
        }

        @Override
        public void close() {
            if (writer != null) {
                folder.abandon(writer);
            }
        }
    }
}
