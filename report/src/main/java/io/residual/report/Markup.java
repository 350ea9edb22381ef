package io.residual.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes elements that are well-formed as XML and as HTML. Every text and every attribute passes through here and is
 * escaped here, so that a file name or a class name cannot become markup. (A template engine would escape as well, but
 * nine tenths of a page are charts, whose elements come from arithmetic, not from templates.)
 */
public final class Markup {
    private static final int DECIMALS = 2;

    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /**
     * Opens an element.
     *
     * @param attributes names and values in turn; a {@code Double} is written with two decimals at most
     */
    public Markup open(String name, Object... attributes) {
        tag(name, attributes);
        out.append('>');
        open.push(name);
        return this;
    }

    /** Closes the element that was opened last. */
    public Markup close() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    /** Writes an element without content: a shape of SVG, or a void element of HTML. */
    public Markup leaf(String name, Object... attributes) {
        tag(name, attributes);
        out.append("/>");
        return this;
    }

    /** Writes an element that holds text only. */
    public Markup element(String name, String text, Object... attributes) {
        return open(name, attributes).text(text).close();
    }

    /** Writes a path of SVG. */
    public Markup path(String classes, String d) {
        return leaf("path", "class", classes, "d", d);
    }

    /** Writes a rectangle of SVG. */
    public Markup rect(String classes, double x, double y, double width, double height) {
        return leaf("rect", "class", classes, "x", x, "y", y, "width", width, "height", height);
    }

    public Markup text(String text) {
        out.append(escaped(text));
        return this;
    }

    /** Starts a new line; only where white space means nothing. */
    public Markup line() {
        out.append('\n');
        return this;
    }

    /** Adds markup that is trusted because this class made it. */
    public Markup add(Markup other) {
        out.append(other);
        return this;
    }

    /**
     * Adds the sheet of a {@code style} element, which HTML does not unescape.
     *
     * @throws IllegalArgumentException if it holds a character that XML would read as markup
     */
    public Markup style(String sheet) {
        if (sheet.contains("<") || sheet.contains("&")) {
            throw new IllegalArgumentException("a style sheet must not hold < or &");
        }
        open("style");
        out.append(sheet);
        return close();
    }

    private void tag(String name, Object... attributes) {
        if (attributes.length % 2 != 0) {
            throw new IllegalArgumentException("an attribute of " + name + " has no value");
        }
        out.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            Object value = attributes[i + 1];
            out.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(value instanceof Double number ? number(number) : escaped(value.toString()))
                    .append('"');
        }
    }

    /** The start of a path. */
    public static String move(double x, double y) {
        return "M" + number(x) + " " + number(y);
    }

    /** A coordinate with two decimals at most. */
    public static String number(double value) {
        BigDecimal rounded = BigDecimal.valueOf(value)
                .setScale(DECIMALS, RoundingMode.HALF_EVEN)
                .stripTrailingZeros();
        return rounded.signum() == 0 ? "0" : rounded.toPlainString();
    }

    private static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isXml(c) ? c : 0xFFFD);
            }
        });
        return safe.toString();
    }

    /** Whether XML 1.0 allows the character at all: it excludes most control characters and lone surrogates. */
    private static boolean isXml(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0x20 && c <= 0xD7FF)
                || (c >= 0xE000 && c <= 0xFFFD)
                || c >= 0x10000;
    }

    /**
     * Returns what was written.
     *
     * @throws IllegalStateException if an element is still open
     */
    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("not closed: " + open);
        }
        return out.toString();
    }
}
