package io.sharedredis.webspa.login;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * The page a visitor came from, kept in a cookie of the browser during the sign-in. Only a path of
 * this site counts, whoever wrote the cookie: this is no way to send people elsewhere.
 */
final class ReturnTarget {

  static final String COOKIE = "shop.return";
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final String HOME = "/";

  private ReturnTarget() {}

  static void remember(@Nullable String target, boolean secure, HttpServletResponse response) {
    cookie(response, URLEncoder.encode(checked(target), StandardCharsets.UTF_8), secure, LIFE);
  }

  /** The remembered path, or the home page; forgotten after this. */
  static String take(HttpServletRequest request, boolean secure, HttpServletResponse response) {
    cookie(response, "", secure, Duration.ZERO);
    Cookie[] cookies = request.getCookies();
    for (Cookie cookie : cookies == null ? new Cookie[0] : cookies) {
      if (cookie.getName().equals(COOKIE)) {
        try {
          return checked(URLDecoder.decode(cookie.getValue(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          return HOME;
        }
      }
    }
    return HOME;
  }

  /** A path such as {@code /basket?x=1}; anything a browser could read as another host is not. */
  static String checked(@Nullable String target) {
    if (target != null
        && target.length() <= 500
        && target.matches("/(?![/\\\\])[\\x21-\\x7e&&[^\\\\]]*")) {
      return target;
    }
    return HOME;
  }

  private static void cookie(
      HttpServletResponse response, String value, boolean secure, Duration life) {
    response.addHeader(
        HttpHeaders.SET_COOKIE,
        ResponseCookie.from(COOKIE, value)
            .path("/login")
            .httpOnly(true)
            .secure(secure)
            .sameSite("Lax")
            .maxAge(life)
            .build()
            .toString());
  }
}
