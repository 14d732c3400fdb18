package dev.offshoot.mask;

import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 of values, so that who does not know the key cannot look hashes up in a table. Safe for any number of threads. */
final class KeyedHash {
    private static final String ALGORITHM = "HmacSHA256";

    /** Initialized with the key and never fed: each use works on a copy. */
    private final Mac keyed;

    KeyedHash(byte[] key) {
        try {
            keyed = Mac.getInstance(ALGORITHM);
            keyed.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has " + ALGORITHM, e);
        }
    }

    /** 32 bytes, the same for values that compare equal, such as 1 and 1.0. */
    byte[] digest(Value value) {
        try {
            Mac mac = (Mac) keyed.clone();
            return mac.doFinal(new KeyWriter().append(value, false).toBytes());
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("Java's own " + ALGORITHM + " can be copied", e);
        }
    }
}
