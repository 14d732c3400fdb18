package dev.offshoot.wal;

import java.nio.charset.StandardCharsets;

/**
 * Who did something: what the audit trail shows of a commit.
 *
 * @param actor the user, or what the client says it is and where it comes from
 * @param command such as {@code update}
 * @param branch the branch's name at that time; empty for events of the project
 * @param namespace the collection, or the branch or project the event is about
 * @param message what who did it said about it, at most {@link #MESSAGE_CHARS_MAX} chars; empty for nothing
 */
public record Origin(String actor, String command, String branch, String namespace, String message) {
    /** The longest message, in UTF-16 chars, so that the header of a record keeps below its limit. */
    public static final int MESSAGE_CHARS_MAX = 4096;

    private static final String CUT = "...";
    private static final int UTF8_BYTES_A_CHAR_MAX = 3;
    private static final int FRAME_BYTES = 128;

    public Origin {
        if (message.length() > MESSAGE_CHARS_MAX) {
            throw new IllegalArgumentException("a message of " + message.length() + " characters");
        }
    }

    /** Without a message. */
    public Origin(String actor, String command, String branch, String namespace) {
        this(actor, command, branch, namespace, "");
    }

    /** As much of a text as can be a message; what was cut ends in three dots. */
    public static String message(String text) {
        if (text.length() <= MESSAGE_CHARS_MAX) {
            return text;
        }
        int end = MESSAGE_CHARS_MAX - CUT.length();
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + CUT;
    }

    /** The same closer to what it is, for who has the time to measure it. */
    int headerBytes() {
        int bytes = FRAME_BYTES;
        for (String text : new String[] {actor, command, branch, namespace, message}) {
            bytes += text.getBytes(StandardCharsets.UTF_8).length;
        }
        return bytes;
    }

    /** No less than what it takes in a record's header without its counts. */
    int headerBytesMax() {
        int chars = actor.length() + command.length() + branch.length() + namespace.length() + message.length();
        return FRAME_BYTES + UTF8_BYTES_A_CHAR_MAX * chars;
    }
}
