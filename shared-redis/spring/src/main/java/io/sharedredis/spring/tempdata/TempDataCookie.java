package io.sharedredis.spring.tempdata;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.aspnet.TempDataProtector;
import io.sharedredis.dataprotection.aspnet.cookie.ChunkedCookie;
import io.sharedredis.dataprotection.aspnet.cookie.RequestCookies;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * TempData of ASP.NET Core MVC in its cookie, so that a page of one application greets with what
 * the page before it, of the other kind, left. Thread-safe.
 *
 * <p>Values are {@code String}, {@code Integer}, {@code Boolean}, {@code UUID}, {@code Instant},
 * {@code LocalDateTime}, {@code List<String>}, {@code List<Integer>}, {@code Map<String, String>}
 * or null. As in .NET they carry no types: text that looks like a GUID or date comes back as one,
 * and an empty list as null.
 */
public final class TempDataCookie {

  private static final String SET_COOKIE = "Set-Cookie";

  private final TempDataProtector protector;
  private final ChunkedCookie cookie;

  /**
   * The cookie under .NET's default name.
   *
   * @param path below which browsers send it
   * @param secure whether browsers reach the site by TLS
   */
  public TempDataCookie(DataProtectionProvider provider, String path, boolean secure) {
    this(
        provider,
        new ChunkedCookie(
            TempDataProtector.COOKIE_NAME,
            "path=" + path + (secure ? "; secure" : "") + "; samesite=lax; httponly"));
  }

  /**
   * @param cookie as the .NET application sets it up
   */
  public TempDataCookie(DataProtectionProvider provider, ChunkedCookie cookie) {
    this.protector = new TempDataProtector(provider);
    this.cookie = cookie;
  }

  /** What the page before left, unmodifiable; nothing if the cookie is not there or not good. */
  public Map<String, @Nullable Object> read(HttpServletRequest request) {
    return cookie
        .read(cookies(request))
        .flatMap(protector::unprotect)
        .map(TempDataReader::read)
        .orElse(Map.of());
  }

  /**
   * Leaves values for the next page instead of what was there; without any the cookie is deleted.
   *
   * @throws IllegalArgumentException if a value is of a type that TempData cannot hold; names it
   */
  public void write(
      Map<String, ? extends @Nullable Object> values,
      HttpServletRequest request,
      HttpServletResponse response) {
    List<String> headers =
        values.isEmpty()
            ? cookie.deletion(cookies(request))
            : cookie.headers(protector.protect(TempDataWriter.write(values)));
    headers.forEach(header -> response.addHeader(SET_COOKIE, header));
  }

  private static RequestCookies cookies(HttpServletRequest request) {
    return RequestCookies.parse(String.join(";", Collections.list(request.getHeaders("Cookie"))));
  }
}
