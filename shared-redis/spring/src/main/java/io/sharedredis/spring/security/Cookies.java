package io.sharedredis.spring.security;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Cookies of one application: below its context path, and {@code Secure} when the site is https.
 *
 * @param secure whether browsers reach the site by TLS
 */
record Cookies(boolean secure) {

  /** Lives as long as the browser. */
  static final Duration SESSION = Duration.ofSeconds(-1);

  static @Nullable String read(HttpServletRequest request, String name) {
    // Of two cookies of one name the last counts, as in ASP.NET Core.
    return readAll(request, name).reduce((early, late) -> late).orElse(null);
  }

  static Stream<String> readAll(HttpServletRequest request, String name) {
    Cookie[] cookies = request.getCookies();
    return cookies == null
        ? Stream.empty()
        : Arrays.stream(cookies)
            .filter(cookie -> cookie.getName().equals(name))
            .map(Cookie::getValue);
  }

  void write(
      HttpServletRequest request,
      HttpServletResponse response,
      String name,
      String value,
      Duration age,
      boolean httpOnly,
      String sameSite) {
    Cookie cookie = new Cookie(name, value);
    cookie.setPath(request.getContextPath().isEmpty() ? "/" : request.getContextPath());
    cookie.setHttpOnly(httpOnly);
    cookie.setSecure(secure);
    cookie.setMaxAge((int) age.toSeconds());
    cookie.setAttribute("SameSite", sameSite);
    response.addCookie(cookie);
  }
}
