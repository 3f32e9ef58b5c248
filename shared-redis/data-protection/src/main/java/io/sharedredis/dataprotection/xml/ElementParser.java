package io.sharedredis.dataprotection.xml;

import io.sharedredis.dataprotection.DataProtectionException;
import java.io.IOException;
import java.io.StringReader;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Parses one element after the other from text. Nothing outside the text is ever read; a document
 * type may stand before the element (ASP.NET Core takes it) but no entity of it may be used.
 *
 * <p>Making one costs several times as much as using it: whoever reads many elements makes one for
 * all. Its buffers hold the last text, so it should not outlive the reading. Not thread-safe.
 */
public final class ElementParser {
  private static final String FEATURES = "http://xml.org/sax/features/";
  private static final String XERCES = "http://apache.org/xml/features/";

  private final DocumentBuilder builder;

  public ElementParser() {
    try {
      builder = newBuilder();
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the XML parser of this Java runtime cannot be hardened", e);
    }
  }

  /**
   * @throws DataProtectionException if the text is not exactly one well-formed element, too long,
   *     or uses an entity of its own
   */
  public Element parse(String text) {
    if (text.length() > HardenedXml.MAX_LENGTH) {
      throw new DataProtectionException(
          "XML of "
              + text.length()
              + " characters; at most "
              + HardenedXml.MAX_LENGTH
              + " are read");
    }
    try {
      Element root = builder.parse(new InputSource(new StringReader(text))).getDocumentElement();
      refuseEntities(root);
      return root;
    } catch (SAXParseException e) {
      // The parser's message may quote the text, which may hold a master key: the place is enough.
      throw new DataProtectionException(
          "not well-formed XML at line " + e.getLineNumber() + ", column " + e.getColumnNumber());
    } catch (SAXException | IOException e) {
      throw new DataProtectionException("not readable as XML");
    }
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
    // Every node is looked at: none is worth being put off.
    factory.setFeature(XERCES + "dom/defer-node-expansion", false);
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
