package dev.offshoot.mql;

import dev.offshoot.text.TextException;

/** Keys of a text index. */
final class TextKeys {
    private TextKeys() {}

    static CommandException error(TextException e) {
        return new CommandException(
                e.code() == ErrorCode.BAD_VALUE.number() ? ErrorCode.BAD_VALUE : ErrorCode.location(e.code()),
                e.reason());
    }
}
