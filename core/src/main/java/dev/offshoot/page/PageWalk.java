package dev.offshoot.page;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Goes through the pages that trees reach, each page once, however many trees share it. Leaves are read only where something in them
 * leads to more pages, or all of them on demand. Not thread safe.
 */
public final class PageWalk {
    private final Pages pages;
    private final boolean readAll;
    private final Consumer<PageId> found;
    private final PageSet reached = new PageSet();
    private final PageSet seen = new PageSet();
    private final Set<String> damaged = new LinkedHashSet<>();

    private PageWalk(Pages pages, boolean readAll, Consumer<PageId> found) {
        this.pages = pages;
        this.readAll = readAll;
        this.found = found;
    }

    /** A walk that finds what is reachable. It fails at a damaged page, since what is behind that cannot be known. */
    public static PageWalk reaching(Pages pages) {
        return new PageWalk(pages, false, page -> {});
    }

    /** The same, which also tells each page as it is reached. */
    public static PageWalk reaching(Pages pages, Consumer<PageId> page) {
        return new PageWalk(pages, false, page);
    }

    /** A walk that reads every page, checks it against its hash, and goes on behind damage. */
    public static PageWalk checking(Pages pages) {
        return new PageWalk(pages, true, page -> {});
    }

    /**
     * Walks through one more tree.
     *
     * @throws CorruptionException at a damaged page, unless the walk is for checking
     */
    public void add(StoredTree<?> tree) {
        visit(tree.root().address(), tree.root().height(), tree.format());
    }

    /** The pages of all trees so far. */
    public PageSet reached() {
        return reached;
    }

    /** What a checking walk found wrong, one line each. */
    public List<String> damaged() {
        return List.copyOf(damaged);
    }

    private void visit(PageAddress address, int level, ValueFormat<?> format) {
        boolean isNew = isNew(address.id());
        boolean isEnd = level == 0 && !address.spread() && !format.hasTrees();
        if (isEnd ? !isNew || !readAll : !seen.add(nodeOf(address))) {
            return;
        }
        try {
            List<Runnable> below = PageFormat.read(
                    address.id(),
                    pages.content(address.id()),
                    format.code(),
                    parts(format),
                    new Visitor(level, format));
            if (address.slot() >= below.size()) {
                throw new CorruptionException("page " + address.id() + ": expected more than " + address.slot()
                        + " nodes, found " + below.size());
            }
            below.get(address.slot()).run();
        } catch (CorruptionException e) {
            if (!readAll) {
                throw e;
            }
            damaged.add(e.getMessage());
        }
    }

    /** A number for a node in a page that no other node has. */
    private static PageId nodeOf(PageAddress address) {
        PageId id = address.id();
        return new PageId(id.first(), id.second() + address.slot(), id.third(), id.fourth());
    }

    private boolean isNew(PageId id) {
        boolean added = reached.add(id);
        if (added) {
            found.accept(id);
        }
        return added;
    }

    private Function<PageId, byte[]> parts(ValueFormat<?> format) {
        return id -> {
            boolean isNew = isNew(id);
            return format.hasTrees() || (isNew && readAll) ? part(id, format) : new byte[0];
        };
    }

    private byte[] part(PageId id, ValueFormat<?> format) {
        try {
            return pages.content(id);
        } catch (CorruptionException e) {
            if (format.hasTrees()) { // where those are cannot be known any more
                throw e;
            }
            damaged.add(e.getMessage());
            return new byte[0];
        }
    }

    /** What there is to do below each node of a page. */
    private final class Visitor implements PageFormat.Reader<Runnable> {
        private final int level;
        private final ValueFormat<?> format;

        Visitor(int level, ValueFormat<?> format) {
            this.level = level;
            this.format = format;
        }

        @Override
        public Runnable leaf(List<byte[]> keys, List<byte[]> values) {
            return () -> {
                if (format.hasTrees()) {
                    values.forEach(value -> format.trees(value, PageWalk.this::add));
                }
            };
        }

        @Override
        public Runnable inner(List<byte[]> separators, List<PageAddress> children, long[] sizes) {
            return () -> children.forEach(child -> visit(child, level - 1, format));
        }
    }
}
