package io.sharedredis.spring.hub;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whose pages may use hubs. Browsers send cookies with WebSockets to any site, so a page of a
 * stranger must be turned away by its {@code Origin}; programs that are no browsers send none and
 * carry no cookies they were not given.
 */
public final class AllowedOrigins {
  private final Set<String> origins;

  /**
   * @param origins scheme, host and port as browsers write them, such as {@code
   *     https://shop.example}; {@code *} allows any
   */
  public AllowedOrigins(Collection<String> origins) {
    this.origins =
        origins.stream()
            .map(origin -> origin.strip().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  public boolean allows(@Nullable String header) {
    return header == null
        || origins.contains("*")
        || origins.contains(header.toLowerCase(Locale.ROOT));
  }
}
