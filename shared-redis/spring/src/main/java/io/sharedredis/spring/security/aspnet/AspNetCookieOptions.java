package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.aspnet.cookie.ChunkedCookie;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The authentication cookie as the .NET applications beside us set it up. Immutable; a value that
 * cannot be used is an {@link IllegalArgumentException} that names it.
 *
 * @param scheme authentication scheme: {@code Cookies}, or {@code Identity.Application}
 * @param name of the cookie, not escaped
 * @param domain that browsers send it to besides the host, or null
 * @param path below which browsers send it
 * @param sameSite {@code lax}, {@code strict} or {@code none}
 * @param secure whether it is sent by TLS only
 * @param lifetime of a ticket, {@code ExpireTimeSpan} in .NET
 * @param sliding whether a ticket is renewed when half its life is over
 * @param persistent whether a cookie issued here outlives the browser
 */
public record AspNetCookieOptions(
    String scheme,
    String name,
    @Nullable String domain,
    String path,
    String sameSite,
    boolean secure,
    Duration lifetime,
    boolean sliding,
    boolean persistent) {

  private static final Set<String> SAME_SITE = Set.of("lax", "strict", "none");

  /** Checks every value. */
  public AspNetCookieOptions {
    require(!scheme.isEmpty(), "scheme", scheme, "is empty");
    require(!name.isBlank(), "name", name, "is empty");
    require(isAttribute(path) && path.startsWith("/"), "path", path, "is no path");
    require(domain == null || isAttribute(domain), "domain", domain, "is no domain");
    sameSite = sameSite.toLowerCase(Locale.ROOT);
    require(SAME_SITE.contains(sameSite), "same-site", sameSite, "is not lax, strict or none");
    require(
        lifetime.compareTo(Duration.ofSeconds(1)) >= 0, "lifetime", lifetime, "is below a second");
  }

  /** .NET's defaults for a scheme: fourteen days, sliding, until the browser closes. */
  public static AspNetCookieOptions of(String scheme, boolean secure) {
    return new AspNetCookieOptions(
        scheme, defaultName(scheme), null, "/", "lax", secure, Duration.ofDays(14), true, false);
  }

  /** The name that ASP.NET Core gives the cookie of a scheme. */
  public static String defaultName(String scheme) {
    return ".AspNetCore." + scheme;
  }

  /** The cookie with its attributes in .NET's order. */
  ChunkedCookie cookie() {
    StringBuilder attributes = new StringBuilder();
    if (domain != null) {
      attributes.append("domain=").append(domain).append("; ");
    }
    attributes.append("path=").append(path);
    if (secure) {
      attributes.append("; secure");
    }
    attributes.append("; samesite=").append(sameSite).append("; httponly");
    return new ChunkedCookie(name, attributes.toString());
  }

  private static boolean isAttribute(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ';');
  }

  private static void require(boolean good, String option, @Nullable Object value, String wrong) {
    if (!good) {
      throw new IllegalArgumentException(
          option + " of the ASP.NET cookie is '" + value + "'; it " + wrong);
    }
  }
}
