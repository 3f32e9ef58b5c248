package io.sharedredis.spring.hub;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2Token;

/**
 * Tells until when the sign-in of a request is good, for endpoints that close connections then. A
 * bean of the application takes the place of the default.
 */
@FunctionalInterface
public interface AuthenticationExpiry {

  /** The last instant of the sign-in; null when it has none. Does not block. */
  @Nullable Instant expiresAt(HttpServletRequest request);

  /** The expiry of the OAuth token that is the user's principal or credentials, else none. */
  static AuthenticationExpiry ofTokens() {
    return request -> {
      Principal user = request.getUserPrincipal();
      if (!(user instanceof Authentication authentication) || !OAuth.PRESENT) {
        return null;
      }
      Instant expires = OAuth.expiresAt(authentication.getPrincipal());
      return expires == null ? OAuth.expiresAt(authentication.getCredentials()) : expires;
    };
  }

  /** Loaded with Spring Security's OAuth support only. */
  final class OAuth {
    static final boolean PRESENT =
        org.springframework.util.ClassUtils.isPresent(
            "org.springframework.security.oauth2.core.OAuth2Token",
            AuthenticationExpiry.class.getClassLoader());

    private OAuth() {}

    static @Nullable Instant expiresAt(@Nullable Object part) {
      return part instanceof OAuth2Token token ? token.getExpiresAt() : null;
    }
  }
}
