package dev.offshoot.store.mongo;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoOperationTimeoutException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketOpenException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import java.util.Set;

/** What an exception of the driver proves about an insert. When in doubt, nothing. */
final class Failures {
    /** Codes with which a server refuses an insert before it does anything. */
    private static final Set<Integer> REFUSALS = Set.of(
            2, // BadValue
            9, // FailedToParse
            13, // Unauthorized
            14, // TypeMismatch
            18, // AuthenticationFailed
            20, // IllegalOperation
            59, // CommandNotFound
            72, // InvalidOptions
            73, // InvalidNamespace
            121, // DocumentValidationFailure
            166, // CommandNotSupportedOnView
            8000, // AtlasError: not allowed there
            10334, // BSONObjectTooLarge
            17280, // KeyTooLong
            17419, // resulting document too large
            17420 // document to insert too large
            );

    private Failures() {}

    static boolean isDuplicateKey(MongoException e) {
        return isDuplicateKey(e.getCode());
    }

    static boolean isDuplicateKey(int code) {
        return ErrorCategory.fromErrorCode(code) == ErrorCategory.DUPLICATE_KEY;
    }

    /** Whether an insert that ended with this was certainly not stored, and will not be. */
    static boolean provesNotStored(MongoException e) {
        if (e instanceof MongoWriteConcernException || e instanceof MongoInterruptedException) {
            return false;
        }
        if (e instanceof MongoOperationTimeoutException) {
            return false;
        }
        // With retries by the driver switched off, these happen only before anything is sent.
        if (e instanceof MongoTimeoutException
                || e instanceof MongoSocketOpenException
                || e instanceof MongoSecurityException
                || e instanceof MongoConnectionPoolClearedException
                || e instanceof MongoConfigurationException) {
            return true;
        }
        return REFUSALS.contains(e.getCode());
    }
}
