package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.AtlasSearch;
import java.util.Set;

/** {@code createSearchIndexes} and the like, which need Atlas. */
record SearchIndexCommand(String name) implements Command {
    @Override
    public String help() {
        return "is refused: search indexes need Atlas";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public boolean strict() {
        return false;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        throw AtlasSearch.refusal();
    }
}
