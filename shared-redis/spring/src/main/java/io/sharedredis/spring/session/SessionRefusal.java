package io.sharedredis.spring.session;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * What a browser is told when sessions stand in the way of a request, as a page or as problem+json
 * (RFC 9457), whichever it accepts.
 */
enum SessionRefusal {

  /** A session that is there cannot be reached. The page loads itself again: the person waits. */
  AWAY(
      HttpServletResponse.SC_SERVICE_UNAVAILABLE,
      "One moment, please",
      "We cannot reach your session right now. You are still signed in; this page tries again by"
          + " itself.",
      "Service Unavailable",
      "Your session cannot be reached right now. Try again in a moment."),

  /** No session can begin, or a form came in vain: loading the page would not send it again. */
  NOT_NOW(
      HttpServletResponse.SC_SERVICE_UNAVAILABLE,
      "Not right now, sorry",
      "We cannot reach the place where sessions are kept, so nothing was done and nobody was signed"
          + " in. Please try again in a few seconds.",
      "Service Unavailable",
      "Sessions cannot be reached right now: nothing was done, nobody was signed in. Try again in a"
          + " moment."),

  /** The user has as many sessions as allowed. */
  LIMIT(
      HttpServletResponse.SC_CONFLICT,
      "You are signed in at too many places",
      "Your account has as many sessions as this site allows, so you were not signed in here. Sign"
          + " out at one of the other places and try again.",
      "Conflict",
      "The user has as many sessions as allowed, so this sign-in was not kept. End another session"
          + " and try again.");

  /** When to come back: a Redis that was restarted is used again within a second or two. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  /** What says something of a body, or makes the browser do what was not done. */
  private static final Set<String> OF_THE_ANSWER =
      Set.of(
          "accept-ranges",
          "cache-control",
          "clear-site-data",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-length",
          "content-location",
          "content-range",
          "content-type",
          "etag",
          "last-modified",
          "location",
          "refresh",
          "retry-after",
          "set-cookie",
          "trailer",
          "transfer-encoding",
          "www-authenticate");

  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      %s<title>%s</title>
      <style>body{font:1.1rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1rem}</style>
      </head>
      <body>
      <h1>%s</h1>
      <p>%s</p>
      </body>
      </html>
      """;

  private static final String PROBLEM =
      "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}";

  /** In place of an error page of the application's. */
  private static final String FAILED =
      "Your request failed, and the page that says more cannot be shown right now.";

  private final int status;
  private final String heading;
  private final String sentence;
  private final String title;
  private final String detail;

  SessionRefusal(int status, String heading, String sentence, String title, String detail) {
    this.status = status;
    this.heading = heading;
    this.sentence = sentence;
    this.title = title;
    this.detail = detail;
  }

  /** What a failure or one of its causes has to do with sessions; null if nothing. */
  static @Nullable SessionRefusal of(Throwable failure, HttpServletRequest request) {
    Throwable cause = failure;
    // Ten is deeper than any framework wraps, and ends on a chain that is a circle.
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof SessionsUnavailableException outage) {
        return outage.isBeginning() || !isSafe(request) ? NOT_NOW : AWAY;
      }
      if (cause instanceof SessionLimitException) {
        return LIMIT;
      }
      cause = cause.getCause();
    }
    return null;
  }

  /** Whether the request only asks for something (RFC 9110 §9.2.1). */
  static boolean isSafe(HttpServletRequest request) {
    return switch (request.getMethod()) {
      case "GET", "HEAD", "OPTIONS" -> true;
      default -> false;
    };
  }

  /**
   * In place of everything that was to be answered, cookies included. Headers that do not describe
   * that answer stay, security headers among them. A request that had failed before, and only whose
   * error page wanted the session, is answered as what it is: it may have done something.
   */
  void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    HttpStatus failure = failure(request);
    clear(response);
    if (failure == null && status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
      response.setHeader("Retry-After", Long.toString(RETRY_AFTER.toSeconds()));
    }
    response.setStatus(failure == null ? status : failure.value());
    response.setHeader("Cache-Control", "no-store");
    String accept = request.getHeader("Accept");
    boolean page = accept != null && accept.contains("text/html");
    response.setContentType(page ? "text/html;charset=UTF-8" : "application/problem+json");
    String text = page ? page(failure) : problem(failure);
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  /** What this is the error page of, or null. */
  private static @Nullable HttpStatus failure(HttpServletRequest request) {
    return request.getDispatcherType() == DispatcherType.ERROR
            && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
        ? HttpStatus.resolve(code)
        : null;
  }

  private static void clear(HttpServletResponse response) {
    Map<String, List<String>> kept = new LinkedHashMap<>();
    for (String name : response.getHeaderNames()) {
      if (!OF_THE_ANSWER.contains(name.toLowerCase(Locale.ROOT))) {
        kept.put(name, List.copyOf(response.getHeaders(name)));
      }
    }
    response.reset();
    kept.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
  }

  private String page(@Nullable HttpStatus failure) {
    if (failure != null) {
      String name = failure.getReasonPhrase();
      return PAGE.formatted("", name, name, FAILED);
    }
    String again =
        this == AWAY
            ? "<meta http-equiv=\"refresh\" content=\"%d\">\n".formatted(RETRY_AFTER.toSeconds())
            : "";
    return PAGE.formatted(again, heading, heading, sentence);
  }

  private String problem(@Nullable HttpStatus failure) {
    return failure == null
        ? PROBLEM.formatted(title, status, detail)
        : PROBLEM.formatted(failure.getReasonPhrase(), failure.value(), FAILED);
  }
}
