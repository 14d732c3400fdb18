package dev.offshoot.wire;

import java.io.IOException;

/** The peer sent what is not the wire protocol: this connection has to be closed. Other connections are not concerned. */
public final class FrameException extends IOException {
    public FrameException(String message) {
        super(message);
    }
}
