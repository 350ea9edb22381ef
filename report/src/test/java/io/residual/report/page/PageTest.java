package io.residual.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.report.chart.Chart;
import io.residual.report.chart.Samples;
import io.residual.report.chart.Xml;
import io.residual.report.page.Block.Facts.Fact;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PageTest {
    private static Page page() {
        BufferedImage image = new BufferedImage(28, 14, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 5, 0x8040ff);
        Table table = Table.of("Results", Table.Column.text("run"), Table.Column.number("accuracy"))
                .row("runs/<first>", "0.912")
                .row("runs/second", "n/a");
        return Page.of("Charts & pages", "Every kind of chart.")
                .with(Section.of("Summary")
                        .facts(new Fact("Accuracy", "0.912", "0.901 to 0.922"), new Fact("Loss", "0.31 nats", ""))
                        .text("A paragraph that says what \"this\" is.")
                        .note("A note.")
                        .table(table))
                .with(Section.of("Charts").charts(Samples.all().toArray(Chart[]::new)))
                .with(Section.of("Pictures").gallery(List.of(InlineImage.of(image, "a violet point", "point\n0.9"))))
                .with(Section.of("Spec").details("spec.yaml", new Block.Code("spec.yaml", "a: 1\nb: <2>\n")));
    }

    @Test
    void the_page_is_well_formed_with_landmarks_and_headings() throws Exception {
        String html = page().toHtml();
        Files.writeString(Files.createDirectories(Path.of("target", "samples")).resolve("page.html"), html);
        Xml xml = Xml.of(html);
        assertThat(xml.all("//h1"))
                .singleElement()
                .satisfies(h -> assertThat(h.getTextContent()).isEqualTo("Charts & pages"));
        assertThat(xml.all("//header | //nav | //main")).hasSize(3);
        assertThat(xml.all("//nav//a"))
                .extracting(a -> a.getAttribute("href"))
                .containsExactly("#section-0", "#section-1", "#section-2", "#section-3");
        assertThat(xml.all("//section/h2"))
                .extracting(h -> h.getTextContent())
                .containsExactly("Summary", "Charts", "Pictures", "Spec");
        assertThat(xml.all("//svg[@role='img']")).hasSize(Samples.all().size());
        assertThat(xml.all("//th[not(@scope)] | //img[not(@alt)]")).isEmpty();
    }

    @Test
    void nothing_is_fetched_from_elsewhere() throws Exception {
        Xml xml = Xml.of(page().toHtml());
        assertThat(xml.all("//script | //iframe | //object")).isEmpty();
        assertThat(xml.all("//*[@src]"))
                .allSatisfy(e -> assertThat(e.getAttribute("src")).startsWith("data:"));
        assertThat(xml.all("//*[@href]"))
                .allSatisfy(e -> assertThat(e.getAttribute("href")).matches("(#|data:).*"));
    }

    @Test
    void the_policy_allows_the_very_style_sheet_and_nothing_else() throws Exception {
        Xml xml = Xml.of(page().toHtml());
        String sheet = xml.all("//style").get(0).getTextContent();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(sheet.getBytes(StandardCharsets.UTF_8));
        assertThat(xml.all("//meta[@http-equiv]").get(0).getAttribute("content"))
                .startsWith("default-src 'none'; ")
                .contains("style-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
        assertThat(xml.all("//*[@style]")).isEmpty();
    }

    @Test
    void texts_cannot_become_markup() throws Exception {
        Xml xml = Xml.of(Page.of("<script>alert(1)</script>", "\u0000 & 'quoted'")
                .with(Section.of("\"><b>", new Block.Text("</p><img src=x onerror=alert(1)>")))
                .toHtml());
        assertThat(xml.all("//script | //b | //img")).isEmpty();
        assertThat(xml.all("//header/p").get(0).getTextContent()).isEqualTo("\uFFFD & 'quoted'");
    }

    @Test
    void a_picture_is_the_image() throws Exception {
        String src = Xml.of(page().toHtml()).all("//img").get(0).getAttribute("src");
        byte[] png = Base64.getDecoder().decode(src.substring("data:image/png;base64,".length()));
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getWidth()).isEqualTo(28);
        assertThat(image.getRGB(3, 5) & 0xffffff).isEqualTo(0x8040ff);
    }

    @Test
    void headings_are_unique() {
        Page page = Page.of("t", "l").with(Section.of("Same"));
        assertThatThrownBy(() -> page.with(Section.of("Same"))).hasMessageContaining("same heading");
    }
}
