package io.sharedredis.dataprotection.xml;

import io.sharedredis.dataprotection.DataProtectionException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Parses one element from text. Nothing outside the text is ever read; a document type may stand
 * before the element (ASP.NET Core takes it) but no entity of it may be used.
 */
public final class HardenedXml {
  /**
   * Longest text that is parsed, in characters. A key with an RSA-4096 certificate has under
   * 10,000; a ring is read whole by every replica, so one item must not be able to cost much.
   */
  public static final int MAX_LENGTH = 1 << 20;

  private static final String FEATURES = "http://xml.org/sax/features/";
  private static final String XERCES = "http://apache.org/xml/features/";

  private HardenedXml() {}

  /**
   * @throws DataProtectionException if the text is not exactly one well-formed element, too long,
   *     or uses an entity of its own
   */
  public static Element parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new DataProtectionException(
          "XML of " + text.length() + " characters; at most " + MAX_LENGTH + " are read");
    }
    try {
      DocumentBuilder builder = newBuilder();
      Element root = builder.parse(new InputSource(new StringReader(text))).getDocumentElement();
      refuseEntities(root);
      return root;
    } catch (SAXParseException e) {
      // The parser's message may quote the text, which may hold a master key: the place is enough.
      throw new DataProtectionException(
          "not well-formed XML at line " + e.getLineNumber() + ", column " + e.getColumnNumber());
    } catch (SAXException | IOException | ParserConfigurationException e) {
      throw new DataProtectionException("not readable as XML");
    }
  }

  /**
   * The element with which a fragment begins; what follows it is ignored.
   *
   * @throws DataProtectionException if anything but an element stands first, or the fragment is not
   *     well-formed
   */
  public static Element firstElement(String fragment) {
    if (parse("<root>" + fragment + "</root>").getFirstChild() instanceof Element element) {
      return element;
    }
    throw new DataProtectionException("the XML does not begin with an element");
  }

  /** Child elements in document order. */
  public static List<Element> children(Element parent) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        children.add(element);
      }
    }
    return children;
  }

  /** The first child of that name without namespace, or null. */
  public static @Nullable Element child(Element parent, String name) {
    for (Element element : children(parent)) {
      if (isNamed(element, null, name)) {
        return element;
      }
    }
    return null;
  }

  /** The only child element. */
  public static Element onlyChild(Element parent) {
    List<Element> children = children(parent);
    if (children.size() != 1) {
      throw new DataProtectionException(
          parent.getLocalName() + " has " + children.size() + " child elements, not one");
    }
    return children.get(0);
  }

  /** An attribute without namespace, or null if absent. */
  public static @Nullable String attribute(Element element, String name) {
    return element.hasAttributeNS(null, name) ? element.getAttributeNS(null, name) : null;
  }

  public static boolean isNamed(Element element, @Nullable String namespace, String name) {
    String actual = element.getNamespaceURI();
    return name.equals(element.getLocalName())
        && (namespace == null ? actual == null : namespace.equals(actual));
  }

  /** All text below the element; comments do not count. */
  public static String text(Element element) {
    return element.getTextContent();
  }

  private static DocumentBuilder newBuilder() throws ParserConfigurationException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature(FEATURES + "external-general-entities", false);
    factory.setFeature(FEATURES + "external-parameter-entities", false);
    factory.setFeature(XERCES + "nonvalidating/load-external-dtd", false);
    factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
    factory.setAttribute("jdk.xml.entityExpansionLimit", "1");
    factory.setAttribute("jdk.xml.maxElementDepth", "64");
    factory.setXIncludeAware(false);
    // Left unexpanded so that they can be seen and refused.
    factory.setExpandEntityReferences(false);
    DocumentBuilder builder = factory.newDocumentBuilder();
    builder.setErrorHandler(new ThrowingErrorHandler());
    builder.setEntityResolver(
        (publicId, systemId) -> {
          throw new SAXException("external entities are not read");
        });
    return builder;
  }

  private static void refuseEntities(Node node) {
    if (node.getNodeType() == Node.ENTITY_REFERENCE_NODE) {
      throw new DataProtectionException("the XML uses an entity of its own");
    }
    for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
      refuseEntities(child);
    }
  }

  /** Errors are thrown, never printed to standard error. */
  private static final class ThrowingErrorHandler implements ErrorHandler {
    @Override
    public void warning(SAXParseException e) {}

    @Override
    public void error(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }
  }
}
