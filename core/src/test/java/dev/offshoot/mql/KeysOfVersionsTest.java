package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Commander;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** The keys of one version of a document beside those of the next. */
class KeysOfVersionsTest {
    private static final int PROGRAMS = 20_000;

    private static final List<IndexKeys> INDEXES = List.of(
            index("{a: 1}", "{}"),
            index("{a: -1}", "{}"),
            index("{'a.b': 1}", "{}"),
            index("{'a.0': 1}", "{}"),
            index("{b: 1, 'a.b': -1, 'a.c': 1}", "{}"),
            index("{a: 1}", "{sparse: true}"),
            index("{b: 'hashed'}", "{}"),
            index("{a: 1}", "{collation: {locale: 'en', strength: 2}}"),
            index("{a: 1}", "{partialFilterExpression: {b: {$gt: 0}}}"),
            index("{'$**': 1}", "{}"),
            index("{'a.$**': 1, c: 1}", "{}"),
            index("{a: '2dsphere', b: 1}", "{}"));

    private static IndexKeys index(String pattern, String spec) {
        return IndexKeys.compile(Json.doc(pattern), Json.doc(spec));
    }

    @Test
    void what_one_version_has_and_the_other_has_not_is_what_a_search_for_each_key_tells() {
        int come = 0;
        int stayed = 0;
        int same = 0;
        for (int seed = 0; seed < PROGRAMS; seed++) {
            Random random = new Random(seed);
            BsonDocument document = new RandomQueries(random).document(3);
            BsonDocument other = new RandomQueries(random).document(3);
            BsonDocument changed = document.clone();
            if (random.nextBoolean()) {
                changed.putAll(other);
            } else {
                changed.putIfAbsent("d", other);
            }
            IndexKeys index = INDEXES.get(seed % INDEXES.size());
            byte[] before = Commander.encode(document).toBytes();
            byte[] after = Commander.encode(changed).toBytes();
            IndexKeys.Keys old;
            IndexKeys.Keys now;
            try {
                old = index.keys(before, 0);
                now = index.keys(after, 0);
            } catch (CommandException e) {
                continue;
            }
            String what = "seed " + seed + ": " + index.pattern() + " of " + document + " and " + changed;
            assertSame(now.without(old), missing(now, old), what);
            assertSame(old.without(now), missing(old, now), what);
            come += now.without(old).size();
            stayed += now.keys().size() - now.without(old).size();
            if (index.areSame(before, after)) {
                assertSame(now.keys(), old.keys(), what);
                assertThat(now.types()).as(what).isEqualTo(old.types());
                assertThat(now.arrays()).as(what).isEqualTo(old.arrays());
                same++;
            }
        }
        assertThat(come).isGreaterThan(PROGRAMS / 4);
        assertThat(stayed).isGreaterThan(PROGRAMS / 4);
        assertThat(same).isGreaterThan(PROGRAMS / 8);
    }

    private static List<byte[]> missing(IndexKeys.Keys keys, IndexKeys.Keys from) {
        return keys.keys().stream()
                .filter(key -> from.keys().stream().noneMatch(other -> Arrays.equals(key, other)))
                .toList();
    }

    private static void assertSame(List<byte[]> actual, List<byte[]> expected, String what) {
        assertThat(actual)
                .as(what)
                .usingElementComparator(Arrays::compareUnsigned)
                .isEqualTo(expected);
    }

    @Test
    void the_keys_of_two_versions_are_gone_through_once() {
        List<byte[]> old = new ArrayList<>();
        List<byte[]> now = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            old.add(key(i));
            now.add(key(i + 5_000));
        }
        Counted counted = new Counted(old);
        Counted countedNow = new Counted(now);
        List<byte[]> come = keys(countedNow).without(keys(counted));
        assertThat(come).hasSize(5_000);
        assertThat(countedNow.looks + counted.looks).isLessThan(4 * 20_000);
    }

    private static byte[] key(int value) {
        return new KeyWriter().append(Value.of(value), false).toBytes();
    }

    private static IndexKeys.Keys keys(List<byte[]> keys) {
        return new IndexKeys.Keys(keys, null, ArrayPaths.NONE);
    }

    /** A list that counts how often somebody looks at an element. */
    private static final class Counted extends AbstractList<byte[]> {
        private final List<byte[]> all;
        private int looks;

        Counted(List<byte[]> all) {
            this.all = all;
        }

        @Override
        public byte[] get(int i) {
            looks++;
            return all.get(i);
        }

        @Override
        public int size() {
            return all.size();
        }
    }
}
