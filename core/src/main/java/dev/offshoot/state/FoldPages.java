package dev.offshoot.state;

import dev.offshoot.page.Pages;
import dev.offshoot.page.RawBytes;
import dev.offshoot.store.StoreException;
import dev.offshoot.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pages that the newest states refer to before a checkpoint made of them does: those that folds wrote, such as those of an index being
 * built, those of checkpoints that failed, and those of older checkpoints that a reset, a fork or a collection that was brought back
 * comes from. Remembers since when there are some, and which checkpoints, so that no cleanup takes them for rubbish. Thread safe.
 *
 * <p>A fold's window opens with its first page or reference, that of a checkpoint with its failure. It closes with the first checkpoint whose
 * capture came after the fold was published; that of a fold that never is published ends after a day. What was closed counts for as
 * long as somebody may read a state from before that, as that checkpoint need not reach all of its pages.
 */
final class FoldPages {
    private static final Logger LOG = LoggerFactory.getLogger(FoldPages.class);
    private static final long LOST_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final Pages pages;
    private final LongSupplier millis;
    private final List<Window> open = new ArrayList<>();

    FoldPages(Pages pages, LongSupplier millis) {
        this.pages = pages;
        this.millis = millis;
    }

    /** For one fold. */
    Window window() {
        return new Window();
    }

    /**
     * Since when there are pages that only memory refers to; {@link Long#MAX_VALUE} when there are none.
     *
     * @param readersSince when the oldest of those began who read what was the newest state then, milliseconds since 1970
     */
    synchronized long sinceMillis(long readersSince) {
        forget(readersSince);
        return open.stream().mapToLong(window -> window.sinceMillis).min().orElse(Long.MAX_VALUE);
    }

    /**
     * The checkpoints that the newest states came from and may share pages with.
     *
     * @param readersSince as in {@link #sinceMillis}
     */
    synchronized Set<Long> checkpoints(long readersSince) {
        forget(readersSince);
        Set<Long> all = new TreeSet<>();
        open.forEach(window -> all.addAll(window.checkpoints));
        return all;
    }

    private void forget(long readersSince) {
        long lost = millis.getAsLong() - LOST_MILLIS;
        open.removeIf(
                window -> window.closedMillis < readersSince || (!window.published && window.openedMillis < lost));
    }

    /** The windows that a checkpoint closes that captures the state now. */
    synchronized List<Window> published() {
        return open.stream()
                .filter(window -> window.published && window.closedMillis == Long.MAX_VALUE)
                .toList();
    }

    /** That checkpoint is there. */
    synchronized void close(List<Window> windows) {
        windows.forEach(window -> window.closedMillis = millis.getAsLong());
    }

    /** A checkpoint that was begun at a time failed, after it may have put nodes of the acknowledged state into pages. */
    synchronized void failed(long sinceMillis) {
        Window window = new Window();
        window.open();
        window.sinceMillis = sinceMillis;
        window.published = true;
    }

    /** What one fold or checkpoint wrote. */
    final class Window implements Keeper {
        private final Set<Long> checkpoints = new TreeSet<>();
        private boolean isOpen;
        private long openedMillis;
        private long sinceMillis = Long.MAX_VALUE;
        private long closedMillis = Long.MAX_VALUE;
        private boolean published;

        /** Where pages cannot be written the tree stays in memory. */
        @Override
        public Tree<byte[]> keep(Tree<byte[]> tree) {
            begin();
            try {
                return pages.open(pages.store(tree, RawBytes.FORMAT), RawBytes.FORMAT);
            } catch (StoreException e) {
                LOG.warn("a large fold stays in memory: {}", e.getMessage());
                return tree;
            }
        }

        private void begin() {
            synchronized (FoldPages.this) {
                open();
                sinceMillis = Math.min(sinceMillis, millis.getAsLong());
            }
        }

        private void open() {
            if (!isOpen) {
                isOpen = true;
                openedMillis = millis.getAsLong();
                open.add(this);
            }
        }

        /** The fold takes up a state that shares pages with these checkpoints. */
        void refer(Set<Long> lsns) {
            if (!lsns.isEmpty()) {
                synchronized (FoldPages.this) {
                    open();
                    checkpoints.addAll(lsns);
                }
            }
        }

        /** The acknowledged state refers to the pages. */
        void publish() {
            synchronized (FoldPages.this) {
                published = true;
            }
        }
    }
}
