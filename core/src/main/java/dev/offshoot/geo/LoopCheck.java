package dev.offshoot.geo;

import com.google.common.geometry.S2EdgeUtil;
import com.google.common.geometry.S2Point;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is wrong with corners that make no loop, as MongoDB says it. */
final class LoopCheck {
    private static final int CORNERS_MAX = 1000;

    private LoopCheck() {}

    /** A corner that is there twice, null where there is none. */
    static @Nullable String repeated(List<S2Point> corners) {
        Map<S2Point, Integer> seen = new HashMap<>();
        for (int i = 0; i < corners.size(); i++) {
            Integer before = seen.put(corners.get(i), i);
            if (before != null) {
                return "Duplicate vertices: " + before + " and " + i;
            }
        }
        return null;
    }

    /** Two edges that cross, null where there are none; takes long for many corners. */
    static @Nullable String crossing(List<S2Point> corners) {
        int n = corners.size();
        for (int i = 0; i < n && n <= CORNERS_MAX; i++) {
            for (int j = i + 2; j < n; j++) {
                if (crosses(corners, i, j)) {
                    return "Edges " + i + " and " + j + " cross.";
                }
            }
        }
        return null;
    }

    private static boolean crosses(List<S2Point> corners, int i, int j) {
        int n = corners.size();
        return S2EdgeUtil.robustCrossing(
                        corners.get(i), corners.get((i + 1) % n), corners.get(j), corners.get((j + 1) % n))
                > 0;
    }
}
