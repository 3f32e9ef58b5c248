package io.sharedredis.spring.security;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
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
    Cookie[] cookies = request.getCookies();
    String found = null;
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        // Of two cookies of one name the last counts, as in ASP.NET Core.
        found = cookie.getName().equals(name) ? cookie.getValue() : found;
      }
    }
    return found;
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
