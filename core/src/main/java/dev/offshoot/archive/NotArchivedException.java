package dev.offshoot.archive;

import dev.offshoot.store.StoreException;

/** An archive does not have the project or the position that was asked for. */
public final class NotArchivedException extends StoreException {
    NotArchivedException(String message) {
        super(message, null);
    }
}
