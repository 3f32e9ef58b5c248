package io.sharedredis.spring.hub;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Short answers of hub endpoints. */
final class HttpAnswers {
  private HttpAnswers() {}

  /** Plain text, or an empty body, with its length. */
  static void text(HttpServletResponse response, int status, @Nullable String text)
      throws IOException {
    write(
        response,
        status,
        "text/plain",
        text == null ? null : text.getBytes(StandardCharsets.UTF_8));
  }

  /** Asks to come again, here or at another replica. */
  static void notNow(HttpServletResponse response, String why) throws IOException {
    response.setHeader("Retry-After", "5");
    text(response, 503, why);
  }

  /** There is no place for another connection. */
  static void full(HttpServletResponse response) throws IOException {
    notNow(response, "This replica holds as many connections as it may.");
  }

  /** What is said of a transport that an endpoint does not offer. */
  static String unsupported(String transport) {
    return transport + " transport not supported by this end point type";
  }

  static void answer(HttpServletResponse response, PollAnswer answer) throws IOException {
    write(
        response, answer.status(), answer.type(), answer.body().length == 0 ? null : answer.body());
  }

  static void write(ServletResponse response, int status, String type, byte @Nullable [] body)
      throws IOException {
    HttpServletResponse http = (HttpServletResponse) response;
    http.setStatus(status);
    http.setContentType(type);
    if (status != 204) {
      http.setContentLength(body == null ? 0 : body.length);
    }
    if (body != null) {
      http.getOutputStream().write(body);
    }
    http.flushBuffer();
  }

  /** What keeps caches and proxies from holding a poll or an event stream back. */
  static void neverCache(HttpServletResponse response) {
    response.setHeader("Cache-Control", "no-cache, no-store");
    response.setHeader("Pragma", "no-cache");
    response.setHeader("Expires", "Thu, 01 Jan 1970 00:00:00 GMT");
    response.setHeader("X-Accel-Buffering", "no");
  }
}
