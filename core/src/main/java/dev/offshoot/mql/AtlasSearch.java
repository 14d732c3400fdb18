package dev.offshoot.mql;

import java.util.Set;

/** Atlas Search, which a MongoDB outside Atlas does not have either: its commands and stages answer as that one does. */
public final class AtlasSearch {
    /** The stages. */
    static final Set<String> STAGES =
            Set.of("$listSearchIndexes", "$rankFusion", "$search", "$searchMeta", "$vectorSearch");

    private AtlasSearch() {}

    /** The answer to all of it. */
    public static CommandException refusal() {
        return new CommandException(
                new ErrorCode(31082, "SearchNotEnabled"),
                "Using Atlas Search Database Commands and the $listSearchIndexes aggregation stage requires additional"
                        + " configuration. Please connect to Atlas or an AtlasCLI local deployment to enable.");
    }
}
