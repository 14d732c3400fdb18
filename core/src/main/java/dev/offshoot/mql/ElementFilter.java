package dev.offshoot.mql;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/**
 * Which elements of an array an update means: all of them ({@code $[]}), or those that an array filter takes
 * ({@code $[id]}).
 *
 * @param filter on a document that has the element as its field {@code id}; null for all elements
 */
record ElementFilter(String id, @Nullable Filter filter) {
    static final ElementFilter ALL = new ElementFilter("", null);

    boolean matches(Value element) {
        return filter == null
                || filter.matches(new DocBuilder(element.length() + id.length() + 16)
                        .append(id, element)
                        .buildDoc());
    }
}
