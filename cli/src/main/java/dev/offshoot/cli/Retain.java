package dev.offshoot.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of the past is kept, as people write it: {@code 30m}, {@code 12h}, {@code 7d} or {@code forever}. */
final class Retain {
    static final String FOREVER = "forever";

    private static final Pattern TIME = Pattern.compile("([0-9]{1,6})([smhd])");
    private static final long SECOND_MILLIS = 1000;

    private Retain() {}

    /**
     * In milliseconds; {@link Long#MAX_VALUE} for all of it.
     *
     * @throws CliException for any other text
     */
    static long millis(String text) {
        if (text.equals(FOREVER)) {
            return Long.MAX_VALUE;
        }
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "'" + text + "' does not say how long the past is kept; it is a number with s, m, h or d, or "
                            + FOREVER,
                    "--retain 7d, or --retain " + FOREVER);
        }
        long unit = switch (time.group(2)) {
            case "s" -> SECOND_MILLIS;
            case "m" -> 60 * SECOND_MILLIS;
            case "h" -> 60 * 60 * SECOND_MILLIS;
            default -> 24 * 60 * 60 * SECOND_MILLIS;
        };
        return Long.parseLong(time.group(1)) * unit;
    }
}
