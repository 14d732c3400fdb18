package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The sessions that clients used lately: what {@code $listLocalSessions} and {@code $listSessions} show. Thread safe. */
final class Sessions {
    /** The SHA-256 of nothing: MongoDB's digest of the user where nobody logs in. */
    private static final byte[] NOBODY =
            HexFormat.of().parseHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    private static final long IDLE_MILLIS_MAX = Hello.SESSION_MINUTES * 60 * 1000L;

    private final Map<UUID, Long> used = new ConcurrentHashMap<>();
    private final LongSupplier millis;

    Sessions(LongSupplier millis) {
        this.millis = millis;
    }

    void use(UUID session) {
        used.put(session, millis.getAsLong());
    }

    void end(UUID session) {
        used.remove(session);
    }

    void endAll() {
        used.clear();
    }

    /** Forgets those that nobody used for 30 minutes. */
    void expire() {
        long oldest = millis.getAsLong() - IDLE_MILLIS_MAX;
        used.values().removeIf(last -> last < oldest);
    }

    int size() {
        return used.size();
    }

    List<Doc> describe() {
        List<Doc> all = new ArrayList<>();
        new TreeMap<>(used)
                .forEach((session, last) -> all.add(new DocBuilder()
                        .startDocument("_id")
                        .append("id", SessionIds.toValue(session))
                        .append("uid", Value.binary(NOBODY))
                        .end()
                        .appendDate("lastUse", last)
                        .buildDoc()));
        return all;
    }
}
