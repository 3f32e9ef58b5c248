package io.sharedredis.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.conformance.Wire.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares answers of HTTP: status, type, body, and the headers clients act on. Kestrel's own, the
 * date and how the body's end is told do not count; neither does the word in the body of a refusal,
 * which the model has as reason phrase.
 */
final class Answers {
  private static final List<String> HEADERS =
      List.of(
          "Access-Control-Allow-Origin",
          "Access-Control-Allow-Credentials",
          "Access-Control-Allow-Headers",
          "Access-Control-Allow-Methods",
          "Sec-WebSocket-Accept",
          "Sec-WebSocket-Protocol",
          "WWW-Authenticate",
          "Content-Encoding");

  private Answers() {}

  static void compare(Answer recorded, Answer actual, Names names) {
    assertThat(actual.status()).as("status of %s", actual.head()).isEqualTo(recorded.status());
    boolean refusal = recorded.status() == 401 || recorded.status() == 403;
    if (!refusal) {
      String body = new String(actual.body(), StandardCharsets.UTF_8);
      String wanted = new String(recorded.body(), StandardCharsets.UTF_8);
      assertThat(names.matches(wanted, body)).as("body '%s', recorded '%s'", body, wanted).isTrue();
      if (recorded.header("Content-Type") != null) {
        assertThat(actual.header("Content-Type")).isEqualTo(recorded.header("Content-Type"));
      }
    }
    for (String header : HEADERS) {
      // Kestrel sends it with a 200, too, where it has no room for one more WebSocket.
      if (header.equals("Sec-WebSocket-Accept") && recorded.status() != 101) {
        continue;
      }
      assertThat(actual.header(header)).as(header).isEqualTo(recorded.header(header));
    }
    String caching = recorded.header("Cache-Control");
    if (caching != null) {
      assertThat(actual.header("Cache-Control")).isEqualTo(caching);
    }
    assertThat(cookies(actual)).isEqualTo(cookies(recorded));
  }

  /** Cookies with their attributes, but for dates. */
  private static List<String> cookies(Answer answer) {
    List<String> cookies = new ArrayList<>();
    for (String line : answer.head().split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith("set-cookie:")) {
        cookies.add(line.replaceAll("expires=[^;]*", "expires").substring(11).strip());
      }
    }
    return cookies;
  }
}
