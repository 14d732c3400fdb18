package dev.offshoot.mql;

/**
 * Where a stage may stand.
 *
 * @param first whether only at the beginning of a pipeline
 * @param last whether only at its end
 * @param inFacet whether within a {@code $facet}
 * @param inLookup whether in the pipeline of a {@code $lookup}
 * @param inUnion whether in the pipeline of a {@code $unionWith}
 * @param collectionless whether it begins a pipeline that reads no collection: {@code {aggregate: 1}}
 */
record Place(boolean first, boolean last, boolean inFacet, boolean inLookup, boolean inUnion, boolean collectionless) {
    static final Place ANYWHERE = new Place(false, false, true, true, true, false);

    static final Place NOT_IN_FACET = new Place(false, false, false, true, true, false);

    /** A stage that brings documents of its own about the pipeline's collection. */
    static final Place FIRST = new Place(true, false, false, true, true, false);

    /** A stage that brings documents and needs no collection. */
    static final Place COLLECTIONLESS = new Place(true, false, false, true, true, true);

    /** One that says something about the whole server, and only to who asks for it directly. */
    static final Place SERVER = new Place(true, false, false, false, false, true);

    /** A stage that writes. */
    static final Place LAST = new Place(false, true, false, false, false, false);

    /** The place of a stage that contains this one, which may stand nowhere where this one may not. */
    Place outside(Place inner) {
        return new Place(
                first,
                last,
                inFacet && inner.inFacet,
                inLookup && inner.inLookup,
                inUnion && inner.inUnion,
                collectionless);
    }
}
