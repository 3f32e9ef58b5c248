package io.sharedredis.webspa.login;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.BearerTokenErrors;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;

/**
 * Finds a bearer token in the header, and on hub paths also in the query parameter {@code
 * access_token}, because browsers cannot set headers on a WebSocket. Elsewhere the parameter is not
 * looked at: addresses end up in logs.
 */
final class BearerTokens implements BearerTokenResolver {

  static final String HUB_PATHS = "/hub/";
  private static final String PARAMETER = "access_token";

  private final DefaultBearerTokenResolver header = new DefaultBearerTokenResolver();

  @Override
  public @Nullable String resolve(HttpServletRequest request) {
    String token = header.resolve(request);
    if (!request.getRequestURI().startsWith(HUB_PATHS)) {
      return token;
    }
    String query = query(request);
    if (token != null && query != null) {
      throw new OAuth2AuthenticationException(
          BearerTokenErrors.invalidRequest("send the token once: in the header or in the query"));
    }
    return token != null ? token : query;
  }

  /** From the query alone: reading parameters would consume the body of a poll or a send. */
  private static @Nullable String query(HttpServletRequest request) {
    String query = request.getQueryString();
    if (query == null) {
      return null;
    }
    for (String pair : query.split("&")) {
      if (pair.startsWith(PARAMETER + "=")) {
        return URLDecoder.decode(pair.substring(PARAMETER.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return null;
  }
}
