package dev.offshoot.engine;

import dev.offshoot.archive.ArchiveTrim;
import dev.offshoot.archive.MemoryBlobs;
import dev.offshoot.archive.ProjectSource;
import dev.offshoot.archive.Restore;
import dev.offshoot.archive.Shipping;
import dev.offshoot.archive.ShippingLimits;
import dev.offshoot.state.ArchiveHorizon;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** What one of two engines is shipped to now and then; and now and then it goes on with what was restored from there. */
final class TwinArchive {
    private static final ShippingLimits SMALL = new ShippingLimits(6_000, 4_000);

    private final Commander commander;
    private final Random random;
    private MemoryBlobs blobs = new MemoryBlobs();

    TwinArchive(Commander commander, int seed) {
        this.commander = commander;
        this.random = new Random(seed);
    }

    /** Does something or nothing; answers what. */
    List<String> round() {
        return switch (random.nextInt(5)) {
            case 0 -> List.of(ship());
            case 1 -> List.of(ship(), trim());
            case 2 -> List.of(ship(), restore());
            case 3 -> List.of(ship(), trim(), restore());
            default -> List.of();
        };
    }

    private ProjectSource source() {
        return Objects.requireNonNull(commander.engine().openProject("p")).content();
    }

    private String ship() {
        return "shipped " + new Shipping(source(), blobs, SMALL, System::currentTimeMillis).round();
    }

    private String trim() {
        return "trimmed " + ArchiveTrim.run(blobs, source(), new ArchiveHorizon(Long.MAX_VALUE), false);
    }

    /** A copy is another project, and so begins an archive of its own. */
    private String restore() {
        Restore restore = Restore.of(blobs, "p", null);
        commander.replace(empty -> restore.into(empty.adopt("p", "test")));
        blobs = new MemoryBlobs();
        return "restored through " + restore.through();
    }
}
