package dev.offshoot.bson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DocBuilderTest {
    @Test
    void a_name_with_a_nul_is_refused_and_nothing_of_it_is_kept() {
        DocBuilder builder = new DocBuilder().append("a", 1);
        assertThatThrownBy(() -> builder.append("b\0c", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b?c");
        assertThatThrownBy(() -> builder.startDocument("\0")).isInstanceOf(IllegalArgumentException.class);
        assertThat(builder.buildDoc()).isEqualTo(new DocBuilder().append("a", 1).buildDoc());
    }
}
