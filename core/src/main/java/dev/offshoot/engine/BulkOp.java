package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.state.Statement;

/** One operation of a {@code bulkWrite}. */
sealed interface BulkOp {
    Place place();

    /** Where it works: a command on its database, and a collection there. */
    record Place(Invocation call, String collection) {}

    record Insertion(Place place, Doc document) implements BulkOp {}

    record Update(Place place, Statement<Written> statement) implements BulkOp {}

    record Delete(Place place, Statement<Written> statement) implements BulkOp {}

    /** Whether it can be run in one go with another one: in the same place, and neither or both insert. */
    default boolean goesWith(BulkOp other) {
        return place().equals(other.place()) && (this instanceof Insertion == (other instanceof Insertion));
    }
}
