package io.sharedredis.identity.oidc;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.oidc.IdTokenClaimNames;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationToken;

/**
 * Accepts at sign-out the id tokens that the store has forgotten. Spring's provider knows only the
 * last id token of an authorization; a client may show one from before a refresh, or one that is
 * long expired (OpenID Connect RP-Initiated Logout 1.0 §2). It counts when we signed it, for the
 * very person who is signed in here, and leads back only to an address its client has registered.
 */
final class EarlierIdToken implements AuthenticationProvider {

  private final AuthenticationProvider provider;
  private final JwtDecoder signedByUs;
  private final RegisteredClientRepository clients;

  /**
   * @param signedByUs checks signature and issuer, and lets expired tokens pass
   */
  EarlierIdToken(
      AuthenticationProvider provider, JwtDecoder signedByUs, RegisteredClientRepository clients) {
    this.provider = provider;
    this.signedByUs = signedByUs;
    this.clients = clients;
  }

  @Override
  public @Nullable Authentication authenticate(Authentication request) {
    try {
      return provider.authenticate(request);
    } catch (OAuth2AuthenticationException e) {
      if (!OAuth2ErrorCodes.INVALID_TOKEN.equals(e.getError().getErrorCode())) {
        throw e;
      }
      return accepted((OidcLogoutAuthenticationToken) request).orElseThrow(() -> e);
    }
  }

  private Optional<Authentication> accepted(OidcLogoutAuthenticationToken request) {
    Jwt token;
    try {
      token = signedByUs.decode(request.getIdTokenHint());
    } catch (JwtException e) {
      return Optional.empty();
    }
    // Access tokens are signed with the same keys; only id tokens name an authorized party.
    String party = token.getClaimAsString(IdTokenClaimNames.AZP);
    RegisteredClient client = party == null ? null : clients.findByClientId(party);
    if (client == null || !isOfWhoeverIsSignedIn(token, request) || !fits(client, request)) {
      return Optional.empty();
    }
    OidcIdToken idToken =
        new OidcIdToken(
            token.getTokenValue(), token.getIssuedAt(), token.getExpiresAt(), token.getClaims());
    return Optional.of(
        new OidcLogoutAuthenticationToken(
            idToken,
            (Authentication) request.getPrincipal(),
            request.getSessionId(),
            client.getClientId(),
            request.getPostLogoutRedirectUri(),
            request.getState()));
  }

  private static boolean isOfWhoeverIsSignedIn(Jwt token, OidcLogoutAuthenticationToken request) {
    return request.getPrincipal() instanceof Authentication person
        && person.isAuthenticated()
        && !(person instanceof AnonymousAuthenticationToken)
        && person.getName().equals(token.getSubject());
  }

  private static boolean fits(RegisteredClient client, OidcLogoutAuthenticationToken request) {
    String clientId = request.getClientId();
    String target = request.getPostLogoutRedirectUri();
    return (clientId == null || clientId.isEmpty() || clientId.equals(client.getClientId()))
        && (target == null
            || target.isEmpty()
            || client.getPostLogoutRedirectUris().contains(target));
  }

  @Override
  public boolean supports(Class<?> type) {
    return provider.supports(type);
  }
}
