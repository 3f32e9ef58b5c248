package io.sharedredis.spring.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one address under which people reach all replicas, through the gateway: scheme, host, port,
 * and nothing after them. Issuer, redirect URIs and the allowed {@code Origin} come from it.
 *
 * @param origin as browsers write it in {@code Origin}: lower case, default port left out
 */
public record PublicUrl(String origin) {

  /**
   * Reads an address such as {@code https://shop.example} (one closing slash is passed over).
   *
   * @param option the setting it comes from, named in the error
   * @throws IllegalArgumentException naming option, value and what is wrong with it
   */
  public static PublicUrl parse(String option, String value) {
    URI uri;
    try {
      uri = new URI(value.strip());
    } catch (URISyntaxException e) {
      throw invalid(option, value, "it is no URL");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw invalid(option, value, "it does not begin with http:// or https://");
    }
    if (uri.getHost() == null) {
      throw invalid(option, value, "it names no host");
    }
    if (uri.getUserInfo() != null) {
      throw invalid(option, scheme + "://…", "it holds a user name");
    }
    String path = uri.getRawPath();
    if (!(path == null || path.isEmpty() || path.equals("/"))
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw invalid(option, value, "something follows the host and port");
    }
    int port = uri.getPort();
    boolean usual = port == -1 || port == (scheme.equals("https") ? 443 : 80);
    return new PublicUrl(
        scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + (usual ? "" : ":" + port));
  }

  private static IllegalArgumentException invalid(String option, String value, String why) {
    return new IllegalArgumentException(
        option
            + " is not the public URL of the site: '"
            + value
            + "', "
            + why
            + ". Write scheme, host and port only, such as https://shop.example.");
  }

  /** Whether browsers reach the site by TLS, so that cookies may be marked {@code Secure}. */
  public boolean secure() {
    return origin.startsWith("https:");
  }

  /** The absolute address of {@code path}, which begins with a slash. */
  public String resolve(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path '" + path + "' does not begin with a slash");
    }
    return origin + path;
  }

  /**
   * Whether a request with this {@code Origin} header comes from our own pages. No header at all is
   * not our business here: programs that are no browsers send none.
   */
  public boolean allowsOrigin(@Nullable String header) {
    return header == null || header.equals(origin);
  }

  @Override
  public String toString() {
    return origin;
  }
}
