package dev.offshoot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class MetersTest {
    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final Meters meters = new Meters(registry);

    @Test
    void an_append_counts_its_time_its_commits_and_its_bytes() {
        AppendMeters appends = meters.project("shop").appends();
        appends.appended(2_000_000, 3, 500);
        appends.appended(1_000_000, 1, 100);
        appends.failed(AppendMeters.Failure.TAKEN);
        Figures figures = meters.figures();
        assertThat(figures.appends()).isEqualTo(new Figures.Times(2, 0.003));
        assertThat(figures.commits()).isEqualTo(4);
        assertThat(figures.appendedBytes()).isEqualTo(600);
        assertThat(registry.get("offshoot.append.failed")
                        .tags("project", "shop", "reason", "taken")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void projects_beyond_the_first_hundred_are_counted_together() {
        for (int i = 0; i < 250; i++) {
            meters.project("p" + i).appends().appended(1, 1, 10);
        }
        meters.project("p7").appends().appended(1, 1, 10);
        assertThat(registry.get("offshoot.log.bytes").counters()).hasSize(101);
        assertThat(registry.get("offshoot.log.bytes")
                        .tag("project", "other")
                        .counter()
                        .count())
                .isEqualTo(1500);
        assertThat(registry.get("offshoot.log.bytes")
                        .tag("project", "p7")
                        .counter()
                        .count())
                .isEqualTo(20);
    }

    @Test
    void only_names_of_commands_become_tags() {
        CommandMeters commands = meters.commands(Set.of("find", "insert"));
        commands.ended("find", true, 5);
        commands.ended("find", false, 5);
        commands.ended("no-such-command", false, 5);
        assertThat(registry.get("offshoot.commands").timers()).hasSize(2).allSatisfy(timer -> {
            assertThat(timer.getId().getTag("command")).isEqualTo("find");
            assertThat(timer.count()).isEqualTo(1);
        });
    }

    @Test
    void the_lag_grows_until_a_round_has_read_all() {
        FollowMeters follow = meters.follow();
        follow.watchLag();
        clock.add(Duration.ofSeconds(4));
        follow.ended(1000, false);
        clock.add(Duration.ofSeconds(3));
        assertThat(lagSeconds()).isEqualTo(7);
        follow.ended(1000, true);
        assertThat(lagSeconds()).isZero();
        assertThat(registry.get("offshoot.tail.follow").timer().count()).isEqualTo(2);
    }

    private double lagSeconds() {
        return registry.get("offshoot.tail.lag").timeGauge().value(TimeUnit.SECONDS);
    }

    @Test
    void the_age_of_a_checkpoint_shows_while_its_project_is_open() {
        CheckpointMeters checkpoints = meters.project("shop").checkpoints();
        assertThat(registry.find("offshoot.checkpoint.age").meters()).isEmpty();
        checkpoints.newestIs(clock.wallTime() - 60_000);
        assertThat(ageSeconds()).isEqualTo(60);
        checkpoints.written(1_000_000, 12, 4096);
        clock.add(Duration.ofSeconds(5));
        assertThat(ageSeconds()).isEqualTo(5);
        checkpoints.hideAge();
        assertThat(registry.find("offshoot.checkpoint.age").meters()).isEmpty();
        meters.project("shop").checkpoints().newestIs(clock.wallTime() - 2_000);
        assertThat(ageSeconds()).isEqualTo(2);
        assertThat(meters.figures().checkpointBytes()).isEqualTo(4096);
    }

    private double ageSeconds() {
        return registry.get("offshoot.checkpoint.age").timeGauge().value(TimeUnit.SECONDS);
    }

    @Test
    void replays_and_collections_add_up() {
        ProjectMeters shop = meters.project("shop");
        shop.replay().folded(7, 70);
        shop.replay().folded(3, 30);
        shop.replay().ended(2_000_000_000);
        shop.gc().ended(1_000_000, new GcMeters.Removed(6, 1, 900));
        Figures figures = meters.figures();
        assertThat(figures.replays()).isEqualTo(new Figures.Times(1, 2));
        assertThat(figures.replayedChanges()).isEqualTo(10);
        assertThat(figures.gcBytes()).isEqualTo(900);
        assertThat(registry.get("offshoot.gc.pages").counter().count()).isEqualTo(6);
    }

    @Test
    void a_cache_is_shown_with_hits_misses_and_bytes() {
        Cache<String, byte[]> cache = Caffeine.newBuilder()
                .maximumWeight(1000)
                .weigher((String key, byte[] value) -> value.length)
                .executor(Runnable::run)
                .recordStats()
                .build();
        meters.watch("pages", cache);
        assertThat(cache.get("a", key -> new byte[300])).hasSize(300);
        assertThat(cache.getIfPresent("a")).hasSize(300);
        assertThat(meters.figures().cacheHits()).isEqualTo(1);
        assertThat(meters.figures().cacheMisses()).isEqualTo(1);
        assertThat(registry.get("offshoot.cache.bytes")
                        .tag("cache", "pages")
                        .gauge()
                        .value())
                .isEqualTo(300);
        assertThat(registry.get("offshoot.cache.limit").gauge().value()).isEqualTo(1000);
    }

    @Test
    void a_sync_that_fails_is_told_apart_and_its_error_is_kept() throws IOException {
        SyncMeters syncs = new SyncMeters(registry);
        syncs.time(() -> clock.add(Duration.ofMillis(2)));
        assertThatThrownBy(() -> syncs.time(() -> {
                    throw new IOException("no disk");
                }))
                .hasMessage("no disk");
        assertThat(registry.get("offshoot.fsync").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(2);
        assertThat(registry.get("offshoot.fsync.failed").counter().count()).isEqualTo(1);
        assertThat(meters.figures().syncs().count()).isEqualTo(1);
    }

    @Test
    void meters_that_nobody_reads_take_what_they_are_given() {
        Meters unseen = Meters.unseen();
        unseen.project("shop").appends().appended(1, 1, 1);
        assertThat(unseen.figures().appends().count()).isZero();
    }
}
