package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code arrayFilters} of an update, by the identifier that paths name them with. Serves the compilation of one update. */
final class ArrayFilters {
    private static final Pattern IDENTIFIER = Pattern.compile("[a-z][a-zA-Z0-9]*");

    private final Map<String, ElementFilter> byId = new LinkedHashMap<>();
    private final Set<String> used = new HashSet<>();

    private ArrayFilters() {}

    static ArrayFilters compile(List<Doc> filters, Collation collation) {
        ArrayFilters compiled = new ArrayFilters();
        for (Doc filter : filters) {
            compiled.add(filter, collation);
        }
        return compiled;
    }

    private void add(Doc filter, Collation collation) {
        Filter compiled;
        String id;
        try {
            compiled = Filter.compile(filter, collation);
            id = identifier(compiled);
        } catch (CommandException e) {
            throw new CommandException(e.code(), "Error parsing array filter :: caused by :: " + e.message());
        }
        if (id == null) {
            throw bad("Cannot use an expression without a top-level field name in arrayFilters");
        }
        if (byId.put(id, new ElementFilter(id, compiled)) != null) {
            throw bad("Found multiple array filters with the same top-level field name " + id);
        }
    }

    private static @Nullable String identifier(Filter filter) {
        String id = null;
        for (String path : filter.paths()) {
            int dot = path.indexOf('.');
            String first = dot < 0 ? path : path.substring(0, dot);
            if (id != null && !id.equals(first)) {
                throw bad("Expected a single top-level field name, found '" + id + "' and '" + first + "'");
            }
            id = first;
        }
        if (id != null && !IDENTIFIER.matcher(id).matches()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '"
                            + id + "'");
        }
        return id;
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    /** What a part of a path such as {@code $[]} or {@code $[id]} means. */
    ElementFilter named(String part, String path) {
        String id = part.substring(2, part.length() - 1);
        if (id.isEmpty()) {
            return ElementFilter.ALL;
        }
        ElementFilter filter = byId.get(id);
        if (filter == null) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "No array filter found for identifier '" + id + "' in path '" + path + "'");
        }
        used.add(id);
        return filter;
    }

    /** Refuses a filter that no path has named. */
    void checkUsed(Doc update) {
        for (String id : byId.keySet()) {
            if (!used.contains(id)) {
                throw bad("The array filter for identifier '" + id + "' was not used in the update "
                        + ShellText.of(update));
            }
        }
    }

    private static CommandException bad(String message) {
        return new CommandException(ErrorCode.FAILED_TO_PARSE, message);
    }
}
