package dev.offshoot.bench;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client that sends bytes made beforehand and reads the reply as a whole, so that it adds next to nothing. */
final class BareClient implements AutoCloseable {
    private static final int HEAD_BYTES = 21;
    private static final int OP_MSG = 2013;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private byte[] reply = new byte[64 << 10];

    private BareClient(Socket socket) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 64 << 10));
    }

    static BareClient connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        return new BareClient(socket);
    }

    static byte[] message(Doc command) {
        byte[] message = new byte[HEAD_BYTES + command.length()];
        Bson.putInt32(message, 0, message.length);
        Bson.putInt32(message, 4, 1);
        Bson.putInt32(message, 12, OP_MSG);
        System.arraycopy(command.bytes(), command.offset(), message, HEAD_BYTES, command.length());
        return message;
    }

    /** Sends a message; answers the size of the reply. */
    int call(byte[] message) throws IOException {
        out.write(message);
        in.readFully(reply, 0, Integer.BYTES);
        int length = Bson.int32(reply, 0);
        if (reply.length < length) {
            reply = new byte[length];
        }
        in.readFully(reply, Integer.BYTES, length - Integer.BYTES);
        return length;
    }

    /** The document of the last reply. */
    Doc reply() {
        return Doc.view(reply, HEAD_BYTES);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
