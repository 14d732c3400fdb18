package dev.offshoot.metrics;

/**
 * The meters of one project.
 *
 * @param follow those of the engine
 */
public record ProjectMeters(
        AppendMeters appends, ReplayMeters replay, CheckpointMeters checkpoints, GcMeters gc, FollowMeters follow) {
    /** Meters that nobody reads. */
    public static ProjectMeters unseen() {
        return Meters.unseen().project("");
    }
}
