package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code validate} on collections whose indexes are not those of their documents, as only a bug makes them. */
final class ValidateTest {
    @AutoClose
    private final Commander commander;

    ValidateTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 1}, {_id: 2, n: 2}, {_id: 3, n: [3, 4]}]}");
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n'}]}");
    }

    @Test
    void an_index_with_the_keys_of_its_documents_is_valid() {
        assertThat(commander
                        .run("shop", "{validate: 'items'}")
                        .getBoolean("valid")
                        .getValue())
                .isTrue();
        assertThat(errors("n", entries -> entries)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"_id_", "n"})
    void a_missing_entry_is_reported(String index) {
        assertThat(errors(index, entries -> entries.remove(first(entries))))
                .containsExactly("Detected missing index entries in index '" + index + "'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_id_", "n"})
    void a_surplus_entry_is_reported(String index) {
        assertThat(errors(index, entries -> entries.put(other(first(entries)), value(entries))))
                .containsExactly("Detected extra index entries in index '" + index + "'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_id_", "n"})
    void an_entry_under_a_wrong_key_is_missing_and_surplus(String index) {
        assertThat(errors(index, entries -> entries.remove(first(entries)).put(other(first(entries)), value(entries))))
                .containsExactly(
                        "Detected missing index entries in index '" + index + "'.",
                        "Detected extra index entries in index '" + index + "'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_id_", "n"})
    void an_entry_that_leads_to_another_document_is_reported(String index) {
        assertThat(errors(index, entries -> entries.put(first(entries), other(value(entries)))))
                .contains("Detected missing index entries in index '" + index + "'.");
    }

    /** What is found where one index has other entries. */
    private List<String> errors(String changed, UnaryOperator<Tree<byte[]>> change) {
        CollectionSnapshot items =
                Objects.requireNonNull(project().head(project().branch("main")).collection("items"));
        List<IndexSnapshot> indexes = new ArrayList<>();
        for (IndexSnapshot index : items.indexes()) {
            indexes.add(
                    index.name().equals(changed)
                            ? new IndexSnapshot(
                                    index.id(), index.definition(), index.arrays(), change.apply(index.entries()))
                            : index);
        }
        CollectionSnapshot wrong = new CollectionSnapshot(
                items.id(), items.name(), items.definition(), items.documents(), indexes, items.dataBytes());
        Validate.Checked checked = Validate.check(wrong, null, () -> {});
        assertThat(checked.records()).isEqualTo(3);
        for (IndexSnapshot index : indexes) {
            assertThat(checked.isWhole(index))
                    .isEqualTo(!index.name().equals(changed) || checked.errors().isEmpty());
        }
        return checked.errors();
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    private static byte[] first(Tree<byte[]> entries) {
        Cursor<byte[]> cursor = entries.ascending(null, null);
        assertThat(cursor.next()).isTrue();
        return cursor.key();
    }

    private static byte[] value(Tree<byte[]> entries) {
        return Objects.requireNonNull(entries.get(first(entries)));
    }

    /** Bytes that no entry has. */
    private static byte[] other(byte[] bytes) {
        byte[] other = bytes.clone();
        other[other.length - 1] ^= 0x55;
        return other;
    }
}
