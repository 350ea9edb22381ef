package io.residual.report.chart;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Markup as an XML parser understands it. */
public record Xml(Document document) {
    public static Xml of(String markup) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setExpandEntityReferences(false);
        return new Xml(factory.newDocumentBuilder().parse(new InputSource(new StringReader(markup))));
    }

    /** The elements at a path, such as {@code //rect[contains(@class, 'column')]}. */
    public List<Element> all(String path) throws Exception {
        NodeList nodes =
                (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, document, XPathConstants.NODESET);
        List<Element> found = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            found.add((Element) nodes.item(i));
        }
        return found;
    }

    public double number(String path, String attribute) throws Exception {
        return Double.parseDouble(all(path).get(0).getAttribute(attribute));
    }
}
