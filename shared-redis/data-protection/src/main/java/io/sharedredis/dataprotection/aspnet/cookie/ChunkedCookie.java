package io.sharedredis.dataprotection.aspnet.cookie;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A cookie that may be too long for one header: it is then cut into {@code NAMEC1}, {@code NAMEC2}…
 * while {@code NAME} says how many there are. As ASP.NET Core's {@code ChunkingCookieManager}.
 *
 * @param name not escaped
 * @param attributes what follows the value in {@code Set-Cookie}, without the first {@code "; "}:
 *     {@code path=/; samesite=lax; httponly}
 * @param chunkSize longest header in characters, before escaping of the value
 */
public record ChunkedCookie(String name, String attributes, int chunkSize) {
  /** Default of ASP.NET Core: browsers take 4096 bytes. */
  public static final int DEFAULT_CHUNK_SIZE = 4050;

  /** Room for the C and number behind the name. */
  private static final int NUMBER_ROOM = 3;

  private static final String COUNT = "chunks-";
  private static final String GONE = "expires=Thu, 01 Jan 1970 00:00:00 GMT";
  private static final String UNESCAPED = "-._~";

  public ChunkedCookie(String name, String attributes) {
    this(name, attributes, DEFAULT_CHUNK_SIZE);
  }

  /**
   * The {@code Set-Cookie} headers for a value, in order.
   *
   * @throws IllegalArgumentException if name and attributes leave no room for data
   */
  public List<String> headers(String value) {
    int empty = header(name, "").length();
    if (empty + value.length() < chunkSize) {
      return List.of(header(name, value));
    }
    int data = chunkSize - empty - NUMBER_ROOM;
    if (data <= 0) {
      throw new IllegalArgumentException(
          "chunkSize " + chunkSize + " leaves no room beside the name and attributes of " + name);
    }
    int count = (value.length() + data - 1) / data;
    List<String> headers = new ArrayList<>();
    headers.add(header(name, COUNT + count));
    for (int i = 0; i < count; i++) {
      int from = i * data;
      String piece = value.substring(from, Math.min(value.length(), from + data));
      headers.add(header(name + "C" + (i + 1), piece));
    }
    return headers;
  }

  /** The headers that delete the cookie and the chunks that the request sent. */
  public List<String> deletion(RequestCookies request) {
    List<String> headers = new ArrayList<>();
    headers.add(gone(name));
    int chunks = request.get(name).map(ChunkedCookie::count).orElse(0);
    for (int i = 1; i <= chunks && request.get(name + "C" + i).isPresent(); i++) {
      headers.add(gone(name + "C" + i));
    }
    return headers;
  }

  /**
   * The value, joined of its chunks. If a chunk is missing it is the text of the first cookie,
   * which nothing accepts.
   */
  public Optional<String> read(RequestCookies request) {
    Optional<String> first = request.get(name);
    int chunks = first.map(ChunkedCookie::count).orElse(0);
    if (chunks == 0) {
      return first;
    }
    StringBuilder value = new StringBuilder();
    for (int i = 1; i <= chunks; i++) {
      Optional<String> piece = request.get(name + "C" + i);
      if (piece.isEmpty()) {
        return first;
      }
      value.append(piece.get());
    }
    return Optional.of(value.toString());
  }

  /** How many chunks a value announces; 0 if it is a value of its own. */
  private static int count(String value) {
    if (!value.startsWith(COUNT)) {
      return 0;
    }
    String digits = value.substring(COUNT.length());
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return 0;
    }
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private String header(String cookie, String value) {
    return escape(cookie) + "=" + escape(value) + (attributes.isEmpty() ? "" : "; " + attributes);
  }

  private String gone(String cookie) {
    String others = attributes.replaceAll("(?i)(max-age|expires)=[^;]*(; |$)", "");
    return escape(cookie) + "=; " + GONE + (others.isEmpty() ? "" : "; " + others);
  }

  /** All but letters, digits and {@code - . _ ~} as percent escapes of UTF-8. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || UNESCAPED.indexOf(c) >= 0);
      escaped.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return escaped.toString();
  }
}
