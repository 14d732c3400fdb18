package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Time zones as MongoDB takes them: names of the Olson database, and offsets as {@code +02}, {@code -0330} or {@code +05:45}. */
final class TimeZones {
    static final ZoneId UTC = ZoneOffset.UTC;

    private static final Pattern OFFSET = Pattern.compile("[+-][0-9]{2}(:?[0-9]{2})?");
    /** Names of the Olson database for which Java wants to be asked. */
    private static final Map<String, ZoneId> FIXED =
            Map.of("EST", ZoneOffset.ofHours(-5), "MST", ZoneOffset.ofHours(-7), "HST", ZoneOffset.ofHours(-10));

    private static final Set<String> NAMES = Set.copyOf(ZoneId.getAvailableZoneIds());
    private static final int OFFSET_MINUTES_MAX = 18 * 60;

    private TimeZones() {}

    /** UTC where none is given; null where it is null. */
    static @Nullable ZoneId of(@Nullable Value timezone, boolean given) {
        if (!given) {
            return UTC;
        }
        if (timezone == null || Operands.isNullish(timezone)) {
            return null;
        }
        if (!timezone.isString()) {
            throw Operands.error(40517, "timezone must evaluate to a string, found " + Operands.typeName(timezone));
        }
        return named(timezone.asString());
    }

    private static ZoneId named(String name) {
        if (name.equals("UTC") || name.equals("GMT")) {
            return UTC;
        }
        if (NAMES.contains(name)) {
            return ZoneId.of(name);
        }
        ZoneId offset = FIXED.containsKey(name) ? FIXED.get(name) : offset(name);
        if (offset == null) {
            throw Operands.error(40485, "unrecognized time zone identifier: \"" + name + "\"");
        }
        return offset;
    }

    /** Null where it is no offset, or one of more hours than Java knows. */
    static @Nullable ZoneOffset offset(String text) {
        if (!OFFSET.matcher(text).matches()) {
            return null;
        }
        String digits = text.substring(1).replace(":", "");
        int minutes = Integer.parseInt(digits.substring(0, 2)) * 60
                + (digits.length() > 2 ? Integer.parseInt(digits.substring(2)) : 0);
        return minutes > OFFSET_MINUTES_MAX
                ? null
                : ZoneOffset.ofTotalSeconds((text.charAt(0) == '-' ? -60 : 60) * minutes);
    }
}
