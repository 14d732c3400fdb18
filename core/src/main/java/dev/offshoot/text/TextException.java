package dev.offshoot.text;

/** A text that cannot be read as asked, with MongoDB's number and words for it. */
public final class TextException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    TextException(int code, String message) {
        super(message);
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The reason. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
