package io.sharedredis.identity.oidc;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.http.converter.OAuth2ErrorHttpMessageConverter;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;

/**
 * Adds to a bare error code of the token and userinfo endpoints what it means and what to do (RFC
 * 6749 §5.2). The texts do not say which of several reasons it was: that would help only whoever
 * tries a stolen code.
 */
final class TokenErrors implements AuthenticationFailureHandler {

  private static final Map<String, String> EXPLANATIONS =
      Map.of(
          OAuth2ErrorCodes.INVALID_GRANT,
          "The code or refresh token is unknown, expired, already used or revoked, or was issued for another"
              + " redirect_uri or code_verifier. Begin a new sign-in.",
          OAuth2ErrorCodes.INVALID_CLIENT,
          "The client is unknown or its secret is not right. Compare WEBSPA_CLIENT_SECRET of both apps.",
          OAuth2ErrorCodes.INVALID_TOKEN,
          "The access token is unknown, expired or revoked. Refresh it or begin a new sign-in.",
          OAuth2ErrorCodes.INSUFFICIENT_SCOPE,
          "The access token lacks the scope openid.",
          OAuth2ErrorCodes.UNSUPPORTED_GRANT_TYPE,
          "Use grant_type authorization_code or refresh_token.");

  private final OAuth2ErrorHttpMessageConverter json = new OAuth2ErrorHttpMessageConverter();

  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
      throws IOException {
    ServerFault.throwIfCarried(reason);
    OAuth2Error error =
        reason instanceof OAuth2AuthenticationException protocol
            ? protocol.getError()
            : new OAuth2Error(OAuth2ErrorCodes.INVALID_REQUEST);
    response.setHeader("Cache-Control", "no-store");
    HttpStatus status = status(error);
    if (status == HttpStatus.UNAUTHORIZED) {
      response.setHeader(
          "WWW-Authenticate",
          OAuth2ErrorCodes.INVALID_CLIENT.equals(error.getErrorCode())
              ? "Basic realm=\"identity\""
              : "Bearer error=\"invalid_token\"");
    }
    ServletServerHttpResponse answer = new ServletServerHttpResponse(response);
    answer.setStatusCode(status);
    json.write(explained(error), null, answer);
  }

  private static HttpStatus status(OAuth2Error error) {
    return switch (error.getErrorCode()) {
      case OAuth2ErrorCodes.INVALID_CLIENT, OAuth2ErrorCodes.INVALID_TOKEN ->
          HttpStatus.UNAUTHORIZED;
      case OAuth2ErrorCodes.INSUFFICIENT_SCOPE -> HttpStatus.FORBIDDEN;
      default -> HttpStatus.BAD_REQUEST;
    };
  }

  private static OAuth2Error explained(OAuth2Error error) {
    String explanation = EXPLANATIONS.get(error.getErrorCode());
    return explanation == null
        ? error
        : new OAuth2Error(error.getErrorCode(), explanation, error.getUri());
  }
}
