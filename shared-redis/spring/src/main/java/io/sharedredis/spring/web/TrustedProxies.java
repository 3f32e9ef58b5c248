package io.sharedredis.spring.web;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Whose {@code X-Forwarded-…} headers are believed, as one regular expression over the address of
 * the peer, which is what Tomcat's RemoteIpValve takes.
 *
 * @param regex matches the whole textual address of a trusted peer
 */
public record TrustedProxies(String regex) {

  /** This machine only: a gateway on another one has to be named. */
  public static final TrustedProxies LOOPBACK =
      new TrustedProxies("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|0:0:0:0:0:0:0:1|::1");

  private static final Pattern IPV4_BLOCK =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})(?:/(\\d{1,2}))?");
  private static final String ANY_OCTET = "\\d{1,3}";

  /**
   * Reads a list separated by blanks or commas; each item is an IPv4 address, an IPv4 block ({@code
   * 172.16.0.0/12}), or a regular expression for anything else. A regular expression with a comma
   * in it is written without one.
   *
   * @throws IllegalArgumentException naming the option and the item that cannot be read
   */
  public static TrustedProxies parse(String option, String value) {
    List<String> alternatives = new ArrayList<>();
    for (String item : value.strip().split("[\\s,]+")) {
      if (!item.isEmpty()) {
        alternatives.add(alternative(option, item));
      }
    }
    return alternatives.isEmpty() ? LOOPBACK : new TrustedProxies(String.join("|", alternatives));
  }

  private static String alternative(String option, String item) {
    var block = IPV4_BLOCK.matcher(item);
    if (block.matches()) {
      int bits = block.group(5) == null ? 32 : Integer.parseInt(block.group(5));
      int[] octets = new int[4];
      for (int i = 0; i < 4; i++) {
        octets[i] = Integer.parseInt(block.group(i + 1));
        if (octets[i] > 255 || bits > 32) {
          throw invalid(option, item, "it is no IPv4 address or block");
        }
      }
      return block(octets, bits);
    }
    if (item.contains("/")) {
      throw invalid(option, item, "only IPv4 blocks can be written with a slash");
    }
    try {
      return "(?:" + Pattern.compile(item).pattern() + ")";
    } catch (PatternSyntaxException e) {
      throw invalid(option, item, "it is no regular expression (" + e.getDescription() + ")");
    }
  }

  private static String block(int[] octets, int bits) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int fixed = Math.max(0, Math.min(8, bits - 8 * i));
      parts.add(octet(octets[i], fixed));
    }
    return String.join("\\.", parts);
  }

  /** All values that share the first {@code fixed} of 8 bits with {@code value}. */
  private static String octet(int value, int fixed) {
    if (fixed == 0) {
      return ANY_OCTET;
    }
    int size = 1 << (8 - fixed);
    int first = value & -size;
    List<String> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(Integer.toString(first + i));
    }
    return values.size() == 1 ? values.get(0) : "(?:" + String.join("|", values) + ")";
  }

  private static IllegalArgumentException invalid(String option, String item, String why) {
    return new IllegalArgumentException(
        option
            + " names the gateways whose forwarded headers are believed, but '"
            + item
            + "' cannot be used: "
            + why
            + ". Write addresses, IPv4 blocks (10.0.0.0/8) or regular expressions.");
  }
}
