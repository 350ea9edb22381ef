package io.residual.report.page;

import io.residual.report.Markup;
import io.residual.report.chart.ChartStyle;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * One self-contained HTML file: no script, and a content security policy by which no request leaves it. It follows
 * the reader's light or dark theme, fits a phone, and prints.
 *
 * @param lead what the page is about, in a sentence
 */
public record Page(String title, String lead, List<Section> sections) {
    public Page {
        sections = List.copyOf(sections);
        List<String> headings = sections.stream().map(Section::heading).toList();
        if (new HashSet<>(headings).size() != headings.size()) {
            throw new IllegalArgumentException("two sections have the same heading: " + headings);
        }
    }

    public static Page of(String title, String lead) {
        return new Page(title, lead, List.of());
    }

    /** Returns this page with one more section. */
    public Page with(Section section) {
        return new Page(
                title,
                lead,
                Stream.concat(sections.stream(), Stream.of(section)).toList());
    }

    /** Returns the content of the file, in UTF-8. It is well-formed as XML too. */
    public String toHtml() {
        String sheet = ChartStyle.ofPage() + PageStyle.SHEET;
        Markup html = new Markup();
        html.open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml");
        html.open("head").leaf("meta", "charset", "utf-8");
        html.leaf("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.leaf("meta", "http-equiv", "Content-Security-Policy", "content", policy(sheet));
        // Without an icon of its own a browser asks the page's server for one.
        html.leaf("link", "rel", "icon", "href", "data:,");
        html.element("title", title).style(sheet).close().line();
        html.open("body").element("a", "Skip to the content", "class", "skip", "href", "#content");
        html.open("header").element("h1", title).element("p", lead).close().line();
        contents(html);
        html.open("main", "id", "content", "tabindex", -1);
        for (int i = 0; i < sections.size(); i++) {
            html.line().open("section", "aria-labelledby", "section-" + i);
            html.element("h2", sections.get(i).heading(), "id", "section-" + i).line();
            sections.get(i).blocks().forEach(block -> block.write(html));
            html.close();
        }
        html.close().close().close();
        return "<!DOCTYPE html>\n" + html + "\n";
    }

    private void contents(Markup html) {
        html.open("nav", "aria-label", "Contents").open("ul");
        for (int i = 0; i < sections.size(); i++) {
            html.open("li")
                    .element("a", sections.get(i).heading(), "href", "#section-" + i)
                    .close();
        }
        html.close().close();
    }

    /** Pictures and the icon are within the page; the one style sheet is known by its digest. */
    private static String policy(String sheet) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(sheet.getBytes(StandardCharsets.UTF_8));
            return "default-src 'none'; img-src data:; style-src 'sha256-"
                    + Base64.getEncoder().encodeToString(digest) + "'; base-uri 'none'; form-action 'none'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
