package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CommandException;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Cursors between a first batch and the last {@code getMore}. */
class CursorsTest {
    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final Iterator<Long> chance = List.of(0L, -7L, -7L, 5L, 6L).iterator();
    private final Cursors cursors = new Cursors(millis::get, chance::next);

    @Test
    void ids_are_positive_and_not_used_twice() {
        assertThat(register(null, false)).isEqualTo(-7L & Long.MAX_VALUE);
        assertThat(register(null, false)).isEqualTo(5);
        assertThat(cursors.size()).isEqualTo(2);
    }

    @Test
    void a_cursor_belongs_to_its_namespace() {
        long id = register(null, false);

        refused(13, () -> cursors.take(id, "shop", "others", null));
        refused(13, () -> cursors.take(id, "shop~dev", "items", null));
        assertThat(cursors.take(id, "shop", "items", null).id).isEqualTo(id);
    }

    @Test
    void a_cursor_is_used_by_one_get_more_at_a_time() {
        long id = register(null, false);
        Cursors.Open taken = cursors.take(id, "shop", "items", null);

        refused(12051, () -> cursors.take(id, "shop", "items", null));
        cursors.giveBack(taken, false);
        cursors.giveBack(cursors.take(id, "shop", "items", null), true);
        refused(43, () -> cursors.take(id, "shop", "items", null));
    }

    @Test
    void a_cursor_is_killed_by_its_id_and_database() {
        long id = register(null, false);

        assertThat(cursors.kill(id, "other")).isFalse();
        assertThat(cursors.kill(id, "shop")).isTrue();
        assertThat(cursors.kill(id, "shop")).isFalse();
        refused(43, () -> cursors.take(id, "shop", "items", null));
    }

    @Test
    void a_session_ends_with_its_cursors() {
        UUID session = new UUID(1, 2);
        register(session, false);
        register(new UUID(3, 4), false);
        register(null, false);

        cursors.killOf(session);
        assertThat(cursors.size()).isEqualTo(2);
        cursors.killOfSessions();
        assertThat(cursors.size()).isEqualTo(1);
    }

    @Test
    void an_idle_cursor_expires_unless_it_is_immortal_or_in_use() {
        long idle = register(null, false);
        long busy = register(null, false);
        long immortal = register(null, true);
        Cursors.Open taken = cursors.take(busy, "shop", "items", null);

        millis.addAndGet(Cursors.IDLE_MILLIS_MAX);
        cursors.expire();
        assertThat(cursors.size()).isEqualTo(3);

        millis.addAndGet(1);
        cursors.expire();
        refused(43, () -> cursors.take(idle, "shop", "items", null));
        assertThat(cursors.take(immortal, "shop", "items", null).id).isEqualTo(immortal);

        cursors.giveBack(taken, false);
        cursors.expire();
        assertThat(cursors.take(busy, "shop", "items", null).id).isEqualTo(busy);
    }

    @Test
    void an_immortal_cursor_lives_as_long_as_its_session_is_refreshed() {
        UUID session = new UUID(1, 2);
        register(session, true);
        millis.addAndGet(Cursors.SESSION_MILLIS_MAX);
        cursors.refresh(session);
        millis.addAndGet(Cursors.SESSION_MILLIS_MAX);
        cursors.refresh(new UUID(3, 4));
        cursors.expire();
        assertThat(cursors.size()).isEqualTo(1);

        millis.addAndGet(1);
        cursors.expire();
        assertThat(cursors.size()).isZero();
    }

    private long register(@Nullable UUID session, boolean immortal) {
        DocumentStream documents = new DocumentStream(List.of(Doc.EMPTY).iterator());
        return cursors.register(
                new Cursors.Origin("shop", "items", session, immortal, Doc.EMPTY, List.of()),
                documents,
                Deadline.in(0, millis::get));
    }

    private static void refused(int code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CommandException.class,
                        e -> assertThat(e.code().number()).isEqualTo(code));
    }
}
