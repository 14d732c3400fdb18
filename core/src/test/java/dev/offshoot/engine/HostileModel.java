package dev.offshoot.engine;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a project may hold: one state of all of its branches. Never changes.
 *
 * @param branches what each shows, by name
 * @param dropped what those showed that can be brought back
 * @param tags what each shows
 * @param executed the transaction numbers of retryable writes that did something
 */
record HostileModel(
        Map<String, Content> branches, Map<String, Content> dropped, Map<String, Content> tags, Set<Long> executed) {
    /** A project that was just made. */
    static final HostileModel NEW =
            new HostileModel(Map.of("main", new Content(Map.of(), null)), Map.of(), Map.of(), Set.of());

    /** The values of a collection's documents by _id. */
    record Documents(Map<Integer, Integer> values, boolean indexed) {
        static final Documents NONE = new Documents(Map.of(), false);

        Documents with(int id, int value) {
            return new Documents(put(values, id, value), indexed);
        }

        Documents without(int id) {
            return new Documents(remove(values, id), indexed);
        }
    }

    /**
     * What a branch shows.
     *
     * @param theirs for the outcome of a merge that nobody has seen yet: of each document what is here or what is there
     */
    record Content(
            Map<String, Documents> collections, @Nullable Content theirs) {
        @Nullable
        Documents get(String name) {
            return collections.get(name);
        }

        Content with(String name, Documents documents) {
            return new Content(put(collections, name, documents), theirs);
        }

        Content without(String name) {
            return new Content(remove(collections, name), theirs);
        }

        /** Whether this is what was seen. */
        boolean isSeenAs(Content seen) {
            if (theirs == null) {
                return equals(seen);
            }
            return seen.collections.entrySet().stream()
                    .allMatch(entry ->
                            (collections.containsKey(entry.getKey()) || theirs.collections.containsKey(entry.getKey()))
                                    && entry.getValue().values().entrySet().stream()
                                            .allMatch(document -> has(document) || theirs.has(document)));
        }

        private boolean has(Map.Entry<Integer, Integer> document) {
            return collections.values().stream()
                    .anyMatch(documents -> document.getValue().equals(documents.values.get(document.getKey())));
        }
    }

    /** The content of a branch that is there. */
    Content branch(String name) {
        Content found = branches.get(name);
        if (found == null) {
            throw new AssertionError("the model has no branch " + name);
        }
        return found;
    }

    HostileModel with(String branch, Content content) {
        return new HostileModel(put(branches, branch, content), dropped, tags, executed);
    }

    HostileModel changed(String branch, UnaryOperator<Content> change) {
        return with(branch, change.apply(branch(branch)));
    }

    HostileModel withDropped(String branch) {
        return new HostileModel(remove(branches, branch), put(dropped, branch, branch(branch)), tags, executed);
    }

    HostileModel broughtBack(String branch) {
        Content content = dropped.get(branch);
        return content == null
                ? this
                : new HostileModel(put(branches, branch, content), remove(dropped, branch), tags, executed);
    }

    HostileModel tagged(String tag, Content content) {
        return new HostileModel(branches, dropped, put(tags, tag, content), executed);
    }

    HostileModel untagged(String tag) {
        return new HostileModel(branches, dropped, remove(tags, tag), executed);
    }

    HostileModel executed(long number) {
        Set<Long> more = new HashSet<>(executed);
        more.add(number);
        return new HostileModel(branches, dropped, tags, more);
    }

    /** What was seen of it. */
    record Seen(Map<String, Content> branches, Map<String, Content> tags) {}

    /** Whether this may be what was seen. */
    boolean isSeenAs(Seen seen) {
        return branches.keySet().equals(seen.branches.keySet())
                && tags.equals(seen.tags)
                && branches.entrySet().stream()
                        .allMatch(entry -> entry.getValue()
                                .isSeenAs(seen.branches.getOrDefault(entry.getKey(), new Content(Map.of(), null))));
    }

    /** The same with what was seen for what was not known. */
    HostileModel as(Seen seen) {
        return new HostileModel(seen.branches, dropped, tags, executed);
    }

    static <K, V> Map<K, V> put(Map<K, V> map, K key, V value) {
        Map<K, V> copy = new TreeMap<>(map);
        copy.put(key, value);
        return copy;
    }

    static <K, V> Map<K, V> remove(Map<K, V> map, K key) {
        Map<K, V> copy = new TreeMap<>(map);
        copy.remove(key);
        return copy;
    }
}
