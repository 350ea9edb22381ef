package io.residual.training.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.config.yaml.YamlNode.Items;
import io.residual.training.config.yaml.YamlNode.Mapping;
import io.residual.training.config.yaml.YamlNode.Refused;
import io.residual.training.config.yaml.YamlNode.Scalar;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlDocumentTest {
    private final FileErrors errors = new FileErrors("a.yaml");

    @Test
    void values_carry_the_line_of_their_name_and_items_their_own() {
        assertThat(read("""
                        # comment
                        a: 1
                        b:
                          - x
                          - {c: "~", d: ~}
                        e:
                          'two words'
                        """).root().entries())
                .containsExactly(
                        Map.entry("a", new Scalar("1", 2)),
                        Map.entry(
                                "b",
                                new Items(
                                        List.of(
                                                new Scalar("x", 4),
                                                new Mapping(
                                                        Map.of("c", new Scalar("~", 5), "d", new Scalar("", 5)), 5)),
                                        3)),
                        Map.entry("e", new Scalar("two words", 6)));
        assertThat(errors.isEmpty()).isTrue();
    }

    @Test
    void a_plain_null_and_nothing_are_an_empty_text() {
        assertThat(read("a:\nb: ~\nc: null\nd: Null\ne: NULL\nf: ''\n")
                        .root()
                        .entries()
                        .values())
                .allSatisfy(node -> assertThat(((Scalar) node).text()).isEmpty());
        assertThat(read("a: nULL\nb: 'null'\n").root().entries().values())
                .allSatisfy(node -> assertThat(((Scalar) node).text()).isNotEmpty());
    }

    @Test
    void anchors_aliases_and_tags_are_refused_with_their_line() {
        YamlDocument document = read("a: &x [1]\nb: *x\n<<: *x\nc: !!java.net.URL [x]\nd: !local 3\ne:\n  !!int 5\n");

        assertThat(errors.messages())
                .containsExactly(
                        "a.yaml:1: anchors (&) and aliases (*) are not read: write the value out",
                        "a.yaml:2: anchors (&) and aliases (*) are not read: write the value out",
                        "a.yaml:3: anchors (&) and aliases (*) are not read: write the value out",
                        "a.yaml:4: tags (!) are not read: write the value alone",
                        "a.yaml:5: tags (!) are not read: write the value alone",
                        "a.yaml:7: tags (!) are not read: write the value alone");
        assertThat(document.root().entries().values()).allMatch(node -> node instanceof Refused);
        assertThat(document.complete()).isTrue();
    }

    @Test
    void an_anchor_that_nothing_refers_to_leaves_a_single_value_as_it_is() {
        assertThat(read("a: &x 1\n").root().entries()).containsExactly(Map.entry("a", new Scalar("1", 1)));
        assertThat(errors.isEmpty()).isTrue();
    }

    @Test
    void a_bomb_is_a_list_of_errors() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 40; i++) {
            String before = "*a" + (i - 1);
            bomb.append("a" + i + ": &a" + i + " [" + (before + ", ").repeat(8) + before + "]\n");
        }
        read(bomb.toString());

        assertThat(errors.messages()).hasSize(40).allMatch(e -> e.contains("anchors (&)"));
    }

    @Test
    void an_empty_text_is_refused() {
        read("");
        assertThat(errors.messages()).containsExactly("a.yaml:1: expected lines of the form \"name: value\"");
    }

    @Test
    void comments_alone_are_refused_on_the_line_after_them() {
        read("# nothing\n");
        assertThat(errors.messages()).containsExactly("a.yaml:2: expected lines of the form \"name: value\"");
    }

    @Test
    void a_list_is_refused() {
        assertThat(read("\n- a\n").root().entries()).isEmpty();
        assertThat(errors.messages()).containsExactly("a.yaml:2: expected lines of the form \"name: value\"");
    }

    @Test
    void a_second_document_is_refused() {
        read("a: 1\n---\nb: 2\n");
        assertThat(errors.messages()).containsExactly("a.yaml:3: a second document begins: one file holds one preset");
    }

    @Test
    void the_first_of_two_values_counts() {
        assertThat(read("a: 1\nb: {c: 1, c: 2}\na: 2\n").root().entries())
                .containsExactly(
                        Map.entry("a", new Scalar("1", 1)),
                        Map.entry("b", new Mapping(Map.of("c", new Scalar("1", 2)), 2)));
        assertThat(errors.messages())
                .containsExactly(
                        "a.yaml:2: c is set twice, first on line 2", "a.yaml:3: a is set twice, first on line 1");
    }

    @Test
    void a_list_or_a_mapping_is_no_name() {
        assertThat(read("? [a, b]\n: {c: 1}\nd: 2\n").root().entries()).containsOnlyKeys("d");
        assertThat(errors.messages()).containsExactly("a.yaml:1: expected a name in front of the colon");
    }

    @Test
    void what_comes_before_a_syntax_error_is_kept() {
        YamlDocument document = read("a: 1\nb: {c: [2, 3\nd: 'bo\n");

        assertThat(document.complete()).isFalse();
        assertThat(document.root().entries()).containsKeys("a", "b");
        assertThat(errors.messages())
                .hasSize(1)
                .first()
                .asString()
                .isEqualTo("a.yaml:3: not valid YAML: while parsing a flow sequence");
    }

    @Test
    void deep_nesting_is_an_error() {
        YamlDocument document = read("a: " + "[".repeat(60_000));

        assertThat(document.complete()).isFalse();
        assertThat(document.root().entries().get("a")).isInstanceOf(Items.class);
        assertThat(errors.messages())
                .containsExactly(
                        "a.yaml:1: not valid YAML: Document nesting depth (11) exceeds the maximum allowed (10)");
    }

    private YamlDocument read(String yaml) {
        return YamlDocument.read(yaml, "preset", errors);
    }
}
