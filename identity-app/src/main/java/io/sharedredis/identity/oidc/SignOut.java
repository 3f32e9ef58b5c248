package io.sharedredis.identity.oidc;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.dao.DataAccessException;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationToken;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * Ends a sign-in after a valid RP-initiated logout request (OpenID Connect RP-Initiated Logout
 * 1.0): the session here, and the authorization behind the id token, so that its refresh token dies
 * with it. Then back to the registered address, or to our own page if the client named none.
 */
@Component
class SignOut implements AuthenticationSuccessHandler {

  private static final OAuth2TokenType ID_TOKEN = new OAuth2TokenType(OidcParameterNames.ID_TOKEN);

  private final OAuth2AuthorizationService authorizations;
  private final SecurityContextLogoutHandler session = new SecurityContextLogoutHandler();

  SignOut(OAuth2AuthorizationService authorizations) {
    this.authorizations = authorizations;
  }

  @Override
  public void onAuthenticationSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication authentication)
      throws IOException, ServletException {
    OidcLogoutAuthenticationToken logout = (OidcLogoutAuthenticationToken) authentication;
    try {
      revoke(logout.getIdTokenHint());
    } catch (DataAccessException e) {
      // Before the session is touched: whoever asks again can still be signed out completely.
      throw ServerFault.carrying(e);
    }
    if (logout.isPrincipalAuthenticated()) {
      session.logout(request, response, (Authentication) logout.getPrincipal());
    }
    response.sendRedirect(target(request, logout));
  }

  private void revoke(String idToken) {
    OAuth2Authorization authorization = authorizations.findByToken(idToken, ID_TOKEN);
    if (authorization != null) {
      authorizations.remove(authorization);
    }
  }

  private static String target(HttpServletRequest request, OidcLogoutAuthenticationToken logout) {
    String registered = logout.getPostLogoutRedirectUri();
    if (!StringUtils.hasText(registered)) {
      return request.getContextPath() + "/signed-out";
    }
    UriComponentsBuilder uri = UriComponentsBuilder.fromUriString(registered);
    if (StringUtils.hasText(logout.getState())) {
      uri.queryParam("state", UriUtils.encode(logout.getState(), StandardCharsets.UTF_8));
    }
    return uri.build(true).toUriString();
  }
}
