package dev.offshoot.bench;

/**
 * How long a run takes.
 *
 * @param rounds how often each side of a comparison has its turn
 * @param roundMillis how long a turn is
 * @param warmUpMillis how long each side runs before the first round
 */
record Mode(String name, int rounds, long roundMillis, long warmUpMillis) {
    static final Mode QUICK = new Mode("quick", 15, 40, 1_500);
    static final Mode FULL = new Mode("full", 31, 200, 3_000);

    static Mode of(String name) {
        return switch (name) {
            case "quick" -> QUICK;
            case "full" -> FULL;
            default -> throw new IllegalArgumentException("a run is quick or full, not '" + name + "'");
        };
    }
}
