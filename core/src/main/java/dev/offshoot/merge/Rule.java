package dev.offshoot.merge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link MergeRules} say at one place of a document: the strategy that holds here and below, and what may still come further down.
 *
 * @param rests of paths that led here, those with names before those with stars
 */
record Rule(@Nullable MergeStrategy strategy, List<Rest> rests) {
    static final Comparator<Rest> BY_NAMES_FIRST = Rule::compare;

    private static final String ANY = "*";

    /** What is left of a path, at least one name, and the strategy at its end. */
    record Rest(List<String> names, MergeStrategy strategy) {
        private Rest tail() {
            return new Rest(names.subList(1, names.size()), strategy);
        }
    }

    /** Whether no strategy holds here or anywhere below. */
    boolean isPlain() {
        return strategy == null && rests.isEmpty();
    }

    Rule then(DocPath.Step step) {
        if (rests.isEmpty()) {
            return this;
        }
        return step instanceof DocPath.Field field ? field(field.name()) : element();
    }

    private Rule field(String name) {
        MergeStrategy here = null;
        List<Rest> further = new ArrayList<>();
        for (Rest rest : rests) {
            String first = rest.names().get(0);
            if (!first.equals(name) && !first.equals(ANY)) {
                continue;
            }
            if (rest.names().size() > 1) {
                further.add(rest.tail());
            } else if (here == null) {
                here = rest.strategy();
            }
        }
        return new Rule(here == null ? strategy : here, further);
    }

    /** A star is an element; a name waits for the fields of the element. */
    private Rule element() {
        MergeStrategy here = null;
        List<Rest> further = new ArrayList<>();
        for (Rest rest : rests) {
            if (!rest.names().get(0).equals(ANY)) {
                further.add(rest);
            } else if (rest.names().size() > 1) {
                further.add(rest.tail());
            } else if (here == null) {
                here = rest.strategy();
            }
        }
        return new Rule(here == null ? strategy : here, further);
    }

    private static int compare(Rest a, Rest b) {
        for (int i = 0; i < Math.min(a.names().size(), b.names().size()); i++) {
            int order = Boolean.compare(
                    a.names().get(i).equals(ANY), b.names().get(i).equals(ANY));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
