package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Copies of servlet requests: the container recycles its own. */
final class HubRequests {

  /** Never copied: who holds a snapshot must not be able to act as the user. */
  private static final Set<String> SECRET_HEADERS =
      Set.of("cookie", "authorization", "proxy-authorization", "x-xsrf-token");

  private static final Set<String> SECRET_PARAMETERS = Set.of("access_token", "id");

  private HubRequests() {}

  static HubRequest snapshot(HttpServletRequest request) {
    Map<String, List<String>> query = query(request);
    query.keySet().removeIf(name -> SECRET_PARAMETERS.contains(name.toLowerCase(Locale.ROOT)));
    Map<String, List<String>> headers = new HashMap<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      if (!SECRET_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
        headers.put(name, Collections.list(request.getHeaders(name)));
      }
    }
    HttpSession session = request.getSession(false);
    return new HubRequest(
        request.getRequestURI(),
        query,
        headers,
        request.getUserPrincipal(),
        session == null ? null : session.getId(),
        request.getRemoteAddr());
  }

  /** Name of who sends the request; null when nobody is signed in. */
  static @Nullable String user(HttpServletRequest request) {
    Principal user = request.getUserPrincipal();
    return user == null ? null : user.getName();
  }

  /** Values of a query parameter whose name is matched ignoring case, as in ASP.NET Core. */
  static List<String> parameter(HttpServletRequest request, String name) {
    for (Map.Entry<String, List<String>> entry : query(request).entrySet()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        return entry.getValue();
      }
    }
    return List.of();
  }

  // The servlet's own parameters are not asked for: of a POST that calls itself a form they would
  // eat the body, which is the client's messages.
  private static Map<String, List<String>> query(HttpServletRequest request) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    String text = request.getQueryString();
    if (text == null) {
      return query;
    }
    for (String pair : text.split("&")) {
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      if (!name.isEmpty()) {
        query
            .computeIfAbsent(name, first -> new ArrayList<>(1))
            .add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // No escape of ours: it is what it says.
      return text;
    }
  }
}
