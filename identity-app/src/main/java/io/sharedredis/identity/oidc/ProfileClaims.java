package io.sharedredis.identity.oidc;

import io.sharedredis.identity.accounts.Account;
import io.sharedredis.identity.accounts.Accounts;
import java.util.Date;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.oidc.IdTokenClaimNames;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcUserInfoAuthenticationContext;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.stereotype.Component;

/**
 * Says what is told about a person, and where. Every token: who it is. Id token: name and e-mail.
 * Userinfo only: address, and with scope {@code orders} the card for the checkout form; tokens
 * travel and are logged too easily for those.
 */
@Component
class ProfileClaims implements OAuth2TokenCustomizer<JwtEncodingContext> {

  /** Claim with the login name; hub groups and baskets are named by it, as in the original. */
  private static final String UNIQUE_NAME = "unique_name";

  private final Accounts accounts;

  ProfileClaims(Accounts accounts) {
    this.accounts = accounts;
  }

  /** Also runs on refresh: an account that was closed meanwhile gets no further tokens. */
  @Override
  public void customize(JwtEncodingContext context) {
    Account account = account(context.getPrincipal().getName());
    BiConsumer<String, Object> claims = (name, value) -> context.getClaims().claim(name, value);
    who(account, claims);
    if (OidcParameterNames.ID_TOKEN.equals(context.getTokenType().getValue())) {
      if (context.getAuthorizedScopes().contains(OidcScopes.PROFILE)) {
        name(account, claims);
      }
      authenticatedAt(context.getPrincipal(), claims);
    }
  }

  /** Answers userinfo by the scopes of the access token that asks. */
  OidcUserInfo userInfo(OidcUserInfoAuthenticationContext context) {
    Account account = account(context.getAuthorization().getPrincipalName());
    Set<String> scopes = context.getAccessToken().getScopes();
    OidcUserInfo.Builder info = OidcUserInfo.builder().subject(account.id().toString());
    BiConsumer<String, Object> claims = info::claim;
    who(account, claims);
    if (scopes.contains(OidcScopes.PROFILE)) {
      name(account, claims);
      Account.Address address = account.address();
      put(claims, "address_street", address.street());
      put(claims, "address_city", address.city());
      put(claims, "address_state", address.state());
      put(claims, "address_country", address.country());
      put(claims, "address_zip_code", address.zipCode());
    }
    if (scopes.contains("orders")) {
      accounts
          .card(account)
          .ifPresent(
              card -> {
                claims.accept("card_number", card.number());
                claims.accept("card_holder", card.holder());
                claims.accept("card_expiration", card.expiration());
              });
    }
    return info.build();
  }

  private static void who(Account account, BiConsumer<String, Object> claims) {
    claims.accept(UNIQUE_NAME, account.loginName());
    claims.accept("preferred_username", account.loginName());
  }

  private static void name(Account account, BiConsumer<String, Object> claims) {
    claims.accept("name", account.firstName());
    claims.accept("last_name", account.lastName());
    claims.accept("email", account.email());
    claims.accept("email_verified", account.emailVerified());
  }

  private static void authenticatedAt(Authentication who, BiConsumer<String, Object> claims) {
    for (GrantedAuthority authority : who.getAuthorities()) {
      // A Date, as the store reads back only types of its list; a Long is not among them.
      if (authority instanceof FactorGrantedAuthority factor) {
        claims.accept(IdTokenClaimNames.AUTH_TIME, Date.from(factor.getIssuedAt()));
      }
    }
  }

  private static void put(BiConsumer<String, Object> claims, String name, @Nullable String value) {
    if (value != null) {
      claims.accept(name, value);
    }
  }

  private Account account(String principalName) {
    return accounts
        .byPrincipal(principalName)
        .orElseThrow(
            () ->
                new OAuth2AuthenticationException(
                    new OAuth2Error(
                        OAuth2ErrorCodes.INVALID_GRANT, "The account is closed.", null)));
  }
}
