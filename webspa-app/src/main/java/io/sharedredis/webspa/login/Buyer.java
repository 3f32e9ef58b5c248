package io.sharedredis.webspa.login;

import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.user.OAuth2User;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * The caller, the same whether a session or a bearer token says who it is.
 *
 * @param id stable subject: owns baskets and orders
 * @param name login name ({@code unique_name}): the group of the notification hub
 */
public record Buyer(String id, String name) {

  /** Claim with the login name, in every token of the identity provider. */
  static final String NAME_CLAIM = "unique_name";

  static Buyer of(@Nullable Principal principal) {
    Object user = principal instanceof Authentication a ? a.getPrincipal() : principal;
    if (user instanceof Jwt jwt) {
      return of(jwt.getClaims());
    }
    if (user instanceof OAuth2User signedIn) {
      return of(signedIn.getAttributes());
    }
    throw new AuthenticationCredentialsNotFoundException("nobody is signed in");
  }

  private static Buyer of(Map<String, Object> claims) {
    if (claims.get("sub") instanceof String id && claims.get(NAME_CLAIM) instanceof String name) {
      return new Buyer(id, name);
    }
    throw new AuthenticationCredentialsNotFoundException("the token lacks sub or unique_name");
  }
}
