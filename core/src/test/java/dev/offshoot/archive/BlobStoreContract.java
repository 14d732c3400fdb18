package dev.offshoot.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.store.StoreException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every place for archives promises. */
public abstract class BlobStoreContract {
    private BlobStore blobs = new MemoryBlobs();

    /** The same place each time. */
    protected abstract BlobStore open();

    /** Whether anything can be removed. */
    protected boolean removes() {
        return true;
    }

    /** How many names are listed at least, where that matters. */
    protected int many() {
        return 40;
    }

    /** As the next process finds it. */
    private BlobStore reopened() {
        blobs.close();
        blobs = open();
        return blobs;
    }

    @AfterEach
    void close() {
        blobs.close();
    }

    @Test
    void what_was_put_is_there_for_the_next_process() {
        blobs = open();
        byte[] large = new byte[3 << 20];
        new Random(1).nextBytes(large);
        blobs.put("shop/log/1", large);
        blobs.put("shop/empty", new byte[0]);
        assertThat(blobs.get("shop/log/1")).isEqualTo(large);
        assertThat(reopened().get("shop/log/1")).isEqualTo(large);
        assertThat(blobs.get("shop/empty")).isEmpty();
        assertThat(blobs.get("shop/none")).isNull();
        assertThat(blobs.get("shop/log/10")).isNull();
    }

    @Test
    void a_second_put_replaces_the_first() {
        blobs = open();
        blobs.put("a/b", new byte[] {1, 2, 3});
        blobs.put("a/b", new byte[] {4});
        assertThat(blobs.get("a/b")).containsExactly(4);
        assertThat(reopened().get("a/b")).containsExactly(4);
        assertThat(blobs.list("")).containsExactly("a/b");
    }

    @Test
    void what_was_removed_is_gone_and_nothing_else() {
        blobs = open();
        if (!removes()) {
            assertThatThrownBy(() -> blobs.delete("a/b"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("nothing can be removed");
            return;
        }
        blobs.put("a/b", new byte[] {1});
        blobs.put("a/bc", new byte[] {2});
        blobs.delete("a/b");
        blobs.delete("a/b");
        assertThat(blobs.get("a/b")).isNull();
        assertThat(reopened().list("")).containsExactly("a/bc");
        assertThat(blobs.get("a/bc")).containsExactly(2);
    }

    @Test
    void names_are_listed_by_prefix_in_order_however_many_there_are() {
        blobs = open();
        for (int i = many(); i > 0; i--) {
            blobs.put(String.format("p one/log/%05d", i), new byte[] {(byte) i});
        }
        blobs.put("p one/pages/1", new byte[1]);
        blobs.put("p/log/1", new byte[1]);
        assertThat(blobs.list("p one/log/")).hasSize(many()).isSorted().startsWith("p one/log/00001");
        assertThat(reopened().list("p one/log/")).hasSize(many()).isSorted();
        assertThat(blobs.list("p/")).containsExactly("p/log/1");
        assertThat(blobs.list("p/log/0")).isEmpty();
        assertThat(blobs.list("q/")).isEmpty();
        assertThat(blobs.list("")).hasSize(many() + 2);
    }
}
