package io.sharedredis.identity.oidc;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;

/**
 * Keeps faults of ours apart from faults of the request. Spring's userinfo and logout endpoints
 * answer any exception with 400 and its message, which blames the caller for a database that is
 * away and shows what belongs into a log. Wrapped here, thrown again by the endpoint's error
 * handler, the fault becomes a 503 or 500 like everywhere else.
 */
final class ServerFault implements AuthenticationProvider {

  private final AuthenticationProvider provider;

  private ServerFault(AuthenticationProvider provider) {
    this.provider = provider;
  }

  /** Returns a provider that does the same and marks its faults. */
  static AuthenticationProvider marked(AuthenticationProvider provider) {
    return new ServerFault(provider);
  }

  /** Returns the exception that carries a fault through Spring's endpoint. */
  static OAuth2AuthenticationException carrying(RuntimeException fault) {
    return new OAuth2AuthenticationException(new OAuth2Error(OAuth2ErrorCodes.SERVER_ERROR), fault);
  }

  /** Throws the fault that an error handler was given; does nothing if it was the request's. */
  static void throwIfCarried(AuthenticationException reason) {
    if (reason instanceof OAuth2AuthenticationException protocol
        && OAuth2ErrorCodes.SERVER_ERROR.equals(protocol.getError().getErrorCode())
        && reason.getCause() instanceof RuntimeException fault) {
      throw fault;
    }
  }

  @Override
  public @Nullable Authentication authenticate(Authentication request) {
    try {
      return provider.authenticate(request);
    } catch (AuthenticationException e) {
      throw e;
    } catch (RuntimeException e) {
      throw carrying(e);
    }
  }

  @Override
  public boolean supports(Class<?> type) {
    return provider.supports(type);
  }
}
