package io.sharedredis.dataprotection.xml;

import io.sharedredis.dataprotection.DataProtectionException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Elements from text, parsed as {@link ElementParser} does, and what is read from them. */
public final class HardenedXml {
  /**
   * Longest text that is parsed, in characters. A key with an RSA-4096 certificate has under
   * 10,000; a ring is read whole by every replica, so one item must not be able to cost much.
   */
  public static final int MAX_LENGTH = 1 << 20;

  private HardenedXml() {}

  /**
   * Parses a text whose parser is not kept: it may hold a secret, and a parser its last text.
   *
   * @throws DataProtectionException if the text is not exactly one well-formed element, too long,
   *     or uses an entity of its own
   */
  public static Element parse(String text) {
    return new ElementParser().parse(text);
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
}
