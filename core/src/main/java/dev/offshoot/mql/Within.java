package dev.offshoot.mql;

/** What a pipeline is part of, which says which stages it may have. */
enum Within {
    /** A command on a collection. */
    COMMAND {
        @Override
        void check(String name, Stage stage, boolean first) {
            if (first && stage.place().collectionless()) {
                throw new CommandException(
                        ErrorCode.INVALID_NAMESPACE, "'" + name + "' can only be run with {aggregate: 1}");
            }
        }
    },
    /** A command on no collection. */
    SERVER {
        @Override
        void check(String name, Stage stage, boolean first) {
            if (first && !stage.place().collectionless()) {
                throw new CommandException(
                        ErrorCode.INVALID_NAMESPACE,
                        "{aggregate: 1} is not valid for '" + name + "'; a collection is required.");
            }
        }
    },
    FACET {
        @Override
        void check(String name, Stage stage, boolean first) {
            require(stage.place().inFacet(), 40600, name + " is not allowed to be used within a $facet stage");
        }
    },
    LOOKUP {
        @Override
        void check(String name, Stage stage, boolean first) {
            require(stage.place().inLookup(), 51047, name + " is not allowed within a $lookup's sub-pipeline");
        }
    },
    UNION {
        @Override
        void check(String name, Stage stage, boolean first) {
            require(stage.place().inUnion(), 31441, name + " is not allowed within a $unionWith's sub-pipeline");
        }
    },
    UPDATE {
        @Override
        void check(String name, Stage stage, boolean first) {
            if (!stage.isAllowedInUpdate()) {
                throw new CommandException(
                        ErrorCode.INVALID_OPTIONS, name + " is not allowed to be used within an update");
            }
        }
    };

    /** @throws CommandException where the stage has no place here */
    abstract void check(String name, Stage stage, boolean first);

    private static void require(boolean allowed, int number, String message) {
        if (!allowed) {
            throw new CommandException(ErrorCode.location(number), message);
        }
    }
}
