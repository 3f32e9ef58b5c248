package io.sharedredis.dataprotection.xml;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns the one-line form of an element, as it lies in Redis, into the indented form of .NET's
 * files and back, without touching anything but the white space between tags: an item that travels
 * through a file comes back character for character.
 */
public final class XmlLayout {
  private static final String INDENT = "  ";
  private static final String DECLARATION = "<?xml ";

  private XmlLayout() {}

  /**
   * The element without declaration, byte order mark and white space between tags. What is not XML
   * behind them comes back as it is: whoever parses it will say so.
   */
  public static String compact(String document) {
    String text = withoutPrologue(document);
    List<String> tokens = tokens(text);
    if (tokens.isEmpty()) {
      return text;
    }
    StringBuilder compact = new StringBuilder(document.length());
    for (String token : tokens) {
      if (isMarkup(token) || !isWhiteSpace(token)) {
        compact.append(token);
      }
    }
    return compact.toString();
  }

  /**
   * The element with two blanks per level and LF, as .NET indents: elements with text stay inline.
   * What is not XML comes back as it is.
   */
  public static String indented(String element) {
    List<String> tokens = tokens(compact(element));
    if (tokens.isEmpty()) {
      return element;
    }
    StringBuilder out = new StringBuilder(element.length() * 2);
    int depth = 0;
    int inlineUntil = -1;
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      boolean closing = token.startsWith("</");
      depth -= closing ? 1 : 0;
      boolean afterItsStart = closing && isStart(tokens.get(Math.max(0, i - 1)));
      if (i > inlineUntil && !afterItsStart && out.length() > 0) {
        out.append('\n').append(INDENT.repeat(Math.max(0, depth)));
      }
      out.append(token);
      if (isStart(token)) {
        depth++;
        if (i > inlineUntil && holdsText(tokens, i)) {
          inlineUntil = end(tokens, i);
        }
      }
    }
    return out.toString();
  }

  private static String withoutPrologue(String document) {
    String text = document.startsWith("\uFEFF") ? document.substring(1) : document;
    int declarationEnd = text.startsWith(DECLARATION) ? text.indexOf("?>") : -1;
    String element = declarationEnd < 0 ? text : text.substring(declarationEnd + 2);
    return declarationEnd >= 0 && element.startsWith("\n") ? element.substring(1) : element;
  }

  /**
   * Tags, comments and the like, and the text between them; empty if the text is cut inside one, or
   * holds a declaration that does not stand first.
   */
  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = text.charAt(at) == '<' ? markupEnd(text, at) : text.indexOf('<', at);
      if (end < 0 && text.charAt(at) == '<') {
        return List.of();
      }
      if (text.startsWith(DECLARATION, at)) {
        return List.of();
      }
      end = end < 0 ? text.length() : end;
      tokens.add(text.substring(at, end));
      at = end;
    }
    return tokens;
  }

  private static int markupEnd(String text, int at) {
    if (text.startsWith("<!--", at)) {
      return after(text, "-->", at + 4);
    }
    if (text.startsWith("<![CDATA[", at)) {
      return after(text, "]]>", at);
    }
    char quote = 0;
    for (int i = at; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return i + 1;
      }
    }
    return -1;
  }

  private static int after(String text, String end, int from) {
    int found = text.indexOf(end, from);
    return found < 0 ? -1 : found + end.length();
  }

  /** White space of XML: other blanks and control characters are not, and never dropped. */
  private static boolean isWhiteSpace(String text) {
    return text.chars().allMatch(c -> c == ' ' || c == '\t' || c == '\r' || c == '\n');
  }

  private static boolean isMarkup(String token) {
    return token.startsWith("<");
  }

  private static boolean isStart(String token) {
    return isMarkup(token)
        && !token.startsWith("</")
        && !token.startsWith("<!")
        && !token.startsWith("<?")
        && !token.endsWith("/>");
  }

  /** Whether text stands directly inside the element that starts at an index. */
  private static boolean holdsText(List<String> tokens, int start) {
    int depth = 0;
    for (int i = start; i < tokens.size(); i++) {
      String token = tokens.get(i);
      if (isStart(token)) {
        depth++;
      } else if (token.startsWith("</")) {
        depth--;
        if (depth == 0) {
          return false;
        }
      } else if (depth == 1 && (!isMarkup(token) || token.startsWith("<![CDATA["))) {
        return true;
      }
    }
    return false;
  }

  private static int end(List<String> tokens, int start) {
    int depth = 0;
    for (int i = start; i < tokens.size(); i++) {
      depth += isStart(tokens.get(i)) ? 1 : 0;
      depth -= tokens.get(i).startsWith("</") ? 1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return tokens.size();
  }
}
