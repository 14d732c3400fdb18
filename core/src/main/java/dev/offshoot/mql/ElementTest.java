package dev.offshoot.mql;

/**
 * A condition on one value, given by its place in raw bytes. Whether a path has such a value is {@link FieldPath}'s question.
 * Immutable, safe for any number of threads.
 */
abstract class ElementTest {
    /** The type of a value that is not there; its bytes and offset mean nothing. */
    static final int MISSING = 0;

    abstract boolean test(int type, byte[] bytes, int offset);

    /** Holds where the other one does not. */
    static ElementTest not(ElementTest test) {
        return new ElementTest() {
            @Override
            boolean test(int type, byte[] bytes, int offset) {
                return !test.test(type, bytes, offset);
            }
        };
    }

    /** Holds where all do. */
    static ElementTest all(ElementTest[] tests) {
        return new ElementTest() {
            @Override
            boolean test(int type, byte[] bytes, int offset) {
                for (ElementTest test : tests) {
                    if (!test.test(type, bytes, offset)) {
                        return false;
                    }
                }
                return true;
            }
        };
    }

    static ElementTest constant(boolean outcome) {
        return new ElementTest() {
            @Override
            boolean test(int type, byte[] bytes, int offset) {
                return outcome;
            }
        };
    }
}
