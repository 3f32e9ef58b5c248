package io.sharedredis.spring.hub;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.util.UrlPathHelper;

/**
 * Which requests belong to hubs: any letter case, with or without a slash at the end, with or
 * without {@code /negotiate}. The router itself asks here, so a rule of Spring Security that uses
 * this matcher cannot miss a spelling that reaches the hub. Immutable.
 */
public final class HubPaths implements RequestMatcher {
  private static final String NEGOTIATE = "/negotiate";

  private final Map<String, String> paths = new HashMap<>();
  private final UrlPathHelper helper = UrlPathHelper.defaultInstance;

  /**
   * @param paths below the context path, beginning with a slash
   * @throws IllegalArgumentException naming a path of another form, or two that differ only in case
   */
  public HubPaths(Collection<String> paths) {
    for (String path : paths) {
      if (!path.startsWith("/") || path.endsWith("/") || path.contains("*") || path.contains("{")) {
        throw new IllegalArgumentException(
            "hub path '"
                + path
                + "' must begin with a slash, must not end with one, and holds no patterns");
      }
      String other = this.paths.put(normal(path), path);
      if (other != null) {
        throw new IllegalArgumentException(
            "hub paths '" + other + "' and '" + path + "' are the same: letter case is ignored");
      }
    }
  }

  /**
   * A request that belongs to a hub.
   *
   * @param path the hub's path as configured
   * @param negotiate whether it is the hub's negotiation
   */
  public record Match(String path, boolean negotiate) {}

  /** The hub a request belongs to, or null. */
  public @Nullable Match find(HttpServletRequest request) {
    if (paths.isEmpty()) {
      return null;
    }
    String asked;
    try {
      asked = normal(helper.getPathWithinApplication(request));
    } catch (IllegalArgumentException e) {
      // Percent signs that encode nothing; not every container refuses them. They name no hub.
      return null;
    }
    String path = paths.get(asked);
    if (path != null) {
      return new Match(path, false);
    }
    if (asked.endsWith(NEGOTIATE)) {
      path = paths.get(asked.substring(0, asked.length() - NEGOTIATE.length()));
    }
    return path == null ? null : new Match(path, true);
  }

  @Override
  public boolean matches(HttpServletRequest request) {
    return find(request) != null;
  }

  /** Matches the requests of one hub only, for a rule of its own. */
  public RequestMatcher only(String path) {
    String wanted = paths.get(normal(path));
    if (wanted == null) {
      throw new IllegalArgumentException("there is no hub at '" + path + "'");
    }
    return request -> {
      Match match = find(request);
      return match != null && match.path().equals(wanted);
    };
  }

  private static String normal(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    return lower.length() > 1 && lower.endsWith("/")
        ? lower.substring(0, lower.length() - 1)
        : lower;
  }

  @Override
  public String toString() {
    return "HubPaths" + paths.values();
  }
}
