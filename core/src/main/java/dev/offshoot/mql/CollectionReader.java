package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import java.util.Collections;
import java.util.Iterator;

/**
 * The collections and views beside the one that a pipeline runs on, in the same state of the same branch: what {@code $lookup},
 * {@code $graphLookup} and {@code $unionWith} read. Used by one thread at a time.
 */
public interface CollectionReader {
    /** A database without collections. */
    CollectionReader NONE = name -> new Source() {
        @Override
        public Iterator<Doc> find(Filter filter, PipelineContext context) {
            return Collections.emptyIterator();
        }

        @Override
        public boolean hasIndexOn(String path, Collation collation) {
            return false;
        }
    };

    /**
     * The collection or view of a name; one that does not exist is empty.
     *
     * @throws CommandException where it is a view whose definition cannot be followed
     */
    Source source(String name);

    /**
     * What a stage says about the whole server.
     *
     * @param stage such as {@code $currentOp}
     */
    default Iterator<Doc> report(String stage, Doc options) {
        return Collections.emptyIterator();
    }

    /** To be called now and then by a stage that works long without reading: ends an operation that is not to go on. */
    default void checkTime() {}

    /** One collection or view to read. */
    interface Source {
        /**
         * The documents that match, through an index where one serves; those of a view are what its pipeline makes.
         *
         * @param filter bound to its context already where it has expressions
         * @param context what the pipeline of a view may know; its variables are not those of the reading pipeline
         */
        Iterator<Doc> find(Filter filter, PipelineContext context);

        /** Whether documents with a certain value at a path are found through an index, where strings compare by a collation. */
        boolean hasIndexOn(String path, Collation collation);

        /**
         * Where its only index of shapes has them.
         *
         * @throws CommandException IndexNotFound where there is none, or more than one
         */
        default String shapePath() {
            return "";
        }

        /**
         * What a stage says about the collection.
         *
         * @param stage such as {@code $collStats}
         */
        default Iterator<Doc> report(String stage, Doc options) {
            return Collections.emptyIterator();
        }
    }
}
