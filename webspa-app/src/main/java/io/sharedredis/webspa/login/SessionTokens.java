package io.sharedredis.webspa.login;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The visitor's tokens, in the server's session and nowhere else: the browser never sees them. Only
 * the tokens are kept, as JSON of our own; Spring Security's form would put the shop's client
 * secret into every session.
 */
@Component
class SessionTokens implements OAuth2AuthorizedClientRepository {

  private static final String ATTRIBUTE = "shop.tokens";

  private final ClientRegistrationRepository registrations;
  private final JsonMapper json;

  SessionTokens(ClientRegistrationRepository registrations, JsonMapper json) {
    this.registrations = registrations;
    this.json = json;
  }

  private record Tokens(
      String access,
      @Nullable Instant issuedAt,
      @Nullable Instant expiresAt,
      Set<String> scopes,
      @Nullable String refresh) {

    OAuth2AccessToken accessToken() {
      return new OAuth2AccessToken(
          OAuth2AccessToken.TokenType.BEARER, access, issuedAt, expiresAt, scopes);
    }

    @Nullable OAuth2RefreshToken refreshToken() {
      return refresh == null ? null : new OAuth2RefreshToken(refresh, null);
    }
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
  public <T extends OAuth2AuthorizedClient> T loadAuthorizedClient(
      String registrationId, Authentication principal, HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    if (session == null || !(session.getAttribute(ATTRIBUTE) instanceof String stored)) {
      return null;
    }
    Tokens tokens = json.readValue(stored, Tokens.class);
    return (T)
        new OAuth2AuthorizedClient(
            registrations.findByRegistrationId(registrationId),
            principal.getName(),
            tokens.accessToken(),
            tokens.refreshToken());
  }

  @Override
  public void saveAuthorizedClient(
      OAuth2AuthorizedClient client,
      Authentication principal,
      HttpServletRequest request,
      HttpServletResponse response) {
    OAuth2AccessToken access = client.getAccessToken();
    OAuth2RefreshToken refresh = client.getRefreshToken();
    Tokens tokens =
        new Tokens(
            access.getTokenValue(),
            access.getIssuedAt(),
            access.getExpiresAt(),
            access.getScopes(),
            refresh == null ? null : refresh.getTokenValue());
    request.getSession().setAttribute(ATTRIBUTE, json.writeValueAsString(tokens));
  }

  @Override
  public void removeAuthorizedClient(
      String registrationId,
      Authentication principal,
      HttpServletRequest request,
      HttpServletResponse response) {
    HttpSession session = request.getSession(false);
    if (session != null) {
      session.removeAttribute(ATTRIBUTE);
    }
  }
}
