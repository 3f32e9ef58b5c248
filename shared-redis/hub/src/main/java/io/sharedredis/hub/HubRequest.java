package io.sharedredis.hub;

import java.security.Principal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP request that opened a connection, copied then: containers recycle their own request
 * objects long before the connection ends. Immutable.
 *
 * @param path path of the request, decoded, without the query
 * @param query query parameters; names compare ignoring case. {@code access_token} is left out
 * @param headers headers; names compare ignoring case. Cookies and Authorization are left out
 * @param user who was signed in; null when nobody was
 * @param sessionId id of the HTTP session that existed then; null without one
 * @param remoteAddress address of the client as the forwarded headers of trusted proxies tell it
 */
public record HubRequest(
    String path,
    Map<String, List<String>> query,
    Map<String, List<String>> headers,
    @Nullable Principal user,
    @Nullable String sessionId,
    @Nullable String remoteAddress) {

  public HubRequest {
    query = ignoringCase(query);
    headers = ignoringCase(headers);
  }

  /** First value of a query parameter, or null. */
  public @Nullable String parameter(String name) {
    return first(query.get(name));
  }

  /** First value of a header, or null. */
  public @Nullable String header(String name) {
    return first(headers.get(name));
  }

  private static @Nullable String first(@Nullable List<String> values) {
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  private static Map<String, List<String>> ignoringCase(Map<String, List<String>> values) {
    TreeMap<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    values.forEach((name, list) -> copy.put(name, List.copyOf(list)));
    return Collections.unmodifiableMap(copy);
  }

  /** Leaves values out: they may hold what does not belong in a log. */
  @Override
  public String toString() {
    return "HubRequest[path=" + path + ", remoteAddress=" + remoteAddress + "]";
  }
}
