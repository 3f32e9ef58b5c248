package io.sharedredis.spring.session;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Spring Security keeps in a session, and what its values consist of. Names only: most of
 * these are of modules that few applications have, and none is looked up before it is read or
 * written.
 */
final class SecurityTypes {

  private static final Set<String> CORE =
      Set.of(
          "authentication.AnonymousAuthenticationToken",
          "authentication.BadCredentialsException",
          "authentication.RememberMeAuthenticationToken",
          "authentication.UsernamePasswordAuthenticationToken",
          "authentication.ott.OneTimeTokenAuthentication",
          "core.authority.FactorGrantedAuthority",
          "core.authority.SimpleGrantedAuthority",
          "core.context.SecurityContextImpl",
          "core.userdetails.User",
          "web.authentication.WebAuthenticationDetails",
          "web.authentication.preauth.PreAuthenticatedAuthenticationToken",
          "web.authentication.switchuser.SwitchUserGrantedAuthority",
          "web.csrf.DefaultCsrfToken",
          "web.savedrequest.DefaultSavedRequest",
          "web.savedrequest.DefaultSavedRequest$Builder",
          "web.savedrequest.SavedCookie");

  private static final Set<String> OAUTH2 =
      Set.of(
          "oauth2.client.OAuth2AuthorizedClient",
          "oauth2.client.authentication.OAuth2AuthenticationToken",
          "oauth2.client.registration.ClientRegistration",
          "oauth2.client.registration.ClientRegistration$ClientSettings",
          "oauth2.client.registration.ClientRegistration$ProviderDetails",
          "oauth2.client.registration.ClientRegistration$ProviderDetails$UserInfoEndpoint",
          "oauth2.core.AuthenticationMethod",
          "oauth2.core.AuthorizationGrantType",
          "oauth2.core.ClientAuthenticationMethod",
          "oauth2.core.OAuth2AccessToken",
          "oauth2.core.OAuth2AccessToken$TokenType",
          "oauth2.core.OAuth2AuthenticationException",
          "oauth2.core.OAuth2Error",
          "oauth2.core.OAuth2RefreshToken",
          "oauth2.core.endpoint.OAuth2AuthorizationRequest",
          "oauth2.core.endpoint.OAuth2AuthorizationResponseType",
          "oauth2.core.oidc.OidcIdToken",
          "oauth2.core.oidc.OidcUserInfo",
          "oauth2.core.oidc.user.DefaultOidcUser",
          "oauth2.core.oidc.user.OidcUserAuthority",
          "oauth2.core.user.DefaultOAuth2User",
          "oauth2.core.user.OAuth2UserAuthority");

  /** Read by Spring Security's own modules, as the two after these. */
  private static final Set<String> SAML2 =
      Set.of(
          "saml2.core.Saml2Error",
          "saml2.provider.service.authentication.DefaultSaml2AuthenticatedPrincipal",
          "saml2.provider.service.authentication.Saml2AssertionAuthentication",
          "saml2.provider.service.authentication.Saml2Authentication",
          "saml2.provider.service.authentication.Saml2AuthenticationException",
          "saml2.provider.service.authentication.Saml2PostAuthenticationRequest",
          "saml2.provider.service.authentication.Saml2RedirectAuthenticationRequest",
          "saml2.provider.service.authentication.Saml2ResponseAssertion",
          "saml2.provider.service.authentication.logout.Saml2LogoutRequest");

  private static final Set<String> LDAP =
      Set.of(
          "ldap.userdetails.InetOrgPerson",
          "ldap.userdetails.LdapAuthority",
          "ldap.userdetails.LdapUserDetailsImpl",
          "ldap.userdetails.Person");

  private static final Set<String> CAS = Set.of("cas.authentication.CasAuthenticationToken");

  /** Read by {@link PasskeyTypes}. */
  private static final Set<String> PASSKEYS =
      Set.of(
          "web.webauthn.api.ImmutablePublicKeyCredentialUserEntity",
          "web.webauthn.api.PublicKeyCredentialCreationOptions",
          "web.webauthn.api.PublicKeyCredentialRequestOptions",
          "web.webauthn.authentication.WebAuthnAuthentication");

  static final Set<String> NAMES =
      Stream.concat(
              Stream.of(CORE, OAUTH2, SAML2, LDAP, CAS, PASSKEYS)
                  .flatMap(Set::stream)
                  .map("org.springframework.security."::concat),
              Stream.concat(
                  FailedSignIns.names(),
                  // What CAS' own client gives Spring Security.
                  Stream.of(
                      "org.apereo.cas.client.authentication.AttributePrincipalImpl",
                      "org.apereo.cas.client.validation.AssertionImpl")))
          .collect(Collectors.toUnmodifiableSet());

  private SecurityTypes() {}
}
