package io.sharedredis.spring.session;

import jakarta.servlet.http.Cookie;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.RememberMeAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUserAuthority;
import org.springframework.security.oauth2.core.user.DefaultOAuth2User;
import org.springframework.security.oauth2.core.user.OAuth2UserAuthority;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.security.web.savedrequest.DefaultSavedRequest;
import org.springframework.web.servlet.FlashMap;

/** One value of each kind that frameworks keep in a session; the same in every run. */
final class SessionValues {

  static final Instant ISSUED = Instant.parse("2026-11-22T10:00:00.123456Z");
  private static final Instant EXPIRES = Instant.parse("2026-11-22T10:05:00Z");
  private static final List<GrantedAuthority> USER =
      List.of(new SimpleGrantedAuthority("ROLE_USER"));

  private SessionValues() {}

  static Map<String, Object> all() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("password-sign-in", context(passwordToken()));
    values.put("remembered-sign-in", context(rememberMeToken()));
    values.put("pre-authenticated-sign-in", context(preAuthenticatedToken()));
    values.put("anonymous", context(new AnonymousAuthenticationToken("key", "guest", USER)));
    values.put("oauth2-sign-in", context(oauth2Token()));
    values.put("oidc-sign-in", context(oidcToken()));
    values.put("authorized-clients", new HashMap<>(Map.of("shop", authorizedClient())));
    values.put("authorization-request", authorizationRequest());
    values.put("saved-request", savedRequest());
    values.put("csrf-token", new DefaultCsrfToken("X-XSRF-TOKEN", "_csrf", "a-token"));
    values.put("bad-credentials", new BadCredentialsException("Bad credentials"));
    values.put("oauth2-error", oauth2Error());
    values.put("flash-maps", new ArrayList<>(List.of(flashMap())));
    values.put("plain-values", plainValues());
    values.putAll(LaterSessionValues.all());
    values.putAll(ForeignSignInValues.all());
    values.putAll(PasskeyValues.all());
    return values;
  }

  static SecurityContextImpl context(Authentication authentication) {
    return new SecurityContextImpl(authentication);
  }

  static Authentication passwordToken() {
    List<GrantedAuthority> authorities = new ArrayList<>(USER);
    authorities.add(
        FactorGrantedAuthority.withAuthority("FACTOR_PASSWORD").issuedAt(ISSUED).build());
    User alice = new User("alice", "{bcrypt}hash", USER);
    alice.eraseCredentials();
    UsernamePasswordAuthenticationToken token =
        UsernamePasswordAuthenticationToken.authenticated(alice, null, authorities);
    token.setDetails(new WebAuthenticationDetails("127.0.0.1", "a-session-id"));
    return token;
  }

  private static Authentication rememberMeToken() {
    return new RememberMeAuthenticationToken("key", "alice", USER);
  }

  private static Authentication preAuthenticatedToken() {
    PreAuthenticatedAuthenticationToken token =
        new PreAuthenticatedAuthenticationToken("alice", "n/a", USER);
    token.setDetails(new WebAuthenticationDetails("127.0.0.1", "a-session-id"));
    return token;
  }

  private static Authentication oauth2Token() {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("login", "alice");
    attributes.put("id", 7L);
    Set<GrantedAuthority> authorities = Set.of(new OAuth2UserAuthority(attributes, "login"));
    return new OAuth2AuthenticationToken(
        new DefaultOAuth2User(authorities, attributes, "login"), authorities, "github");
  }

  static Authentication oidcToken() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", url("http://localhost:8080/identity"));
    claims.put("sub", "7b9c");
    claims.put("aud", new ArrayList<>(List.of("webspa")));
    claims.put("iat", ISSUED);
    claims.put("exp", EXPIRES);
    claims.put("unique_name", "alice");
    claims.put("auth_time", 1_700_000_000L);
    OidcIdToken idToken = new OidcIdToken("eyJ.id.token", ISSUED, EXPIRES, claims);
    Map<String, Object> more = new LinkedHashMap<>();
    more.put("sub", "7b9c");
    more.put("unique_name", "alice");
    OidcUserInfo info = new OidcUserInfo(more);
    Collection<GrantedAuthority> authorities = Set.of(new OidcUserAuthority(idToken, info));
    return new OAuth2AuthenticationToken(
        new DefaultOidcUser(authorities, idToken, info, "unique_name"), authorities, "shop");
  }

  private static OAuth2AuthorizedClient authorizedClient() {
    ClientRegistration registration =
        ClientRegistration.withRegistrationId("shop")
            .clientId("webspa")
            .clientSecret("a-secret")
            .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
            .redirectUri("http://localhost:8080/login/oauth2/code/shop")
            .authorizationUri("http://localhost:8080/identity/oauth2/authorize")
            .tokenUri("http://localhost:8080/identity/oauth2/token")
            .userInfoUri("http://localhost:8080/identity/userinfo")
            .scope("openid")
            .build();
    return new OAuth2AuthorizedClient(
        registration,
        "alice",
        new OAuth2AccessToken(
            OAuth2AccessToken.TokenType.BEARER, "access", ISSUED, EXPIRES, Set.of("openid")),
        new OAuth2RefreshToken("refresh", ISSUED));
  }

  private static OAuth2AuthorizationRequest authorizationRequest() {
    return OAuth2AuthorizationRequest.authorizationCode()
        .authorizationUri("http://localhost:8080/identity/oauth2/authorize")
        .clientId("webspa")
        .redirectUri("http://localhost:8080/login/oauth2/code/shop")
        .scopes(Set.of("openid"))
        .state("a-state")
        .additionalParameters(Map.of("nonce", "a-nonce"))
        .attributes(Map.of("registration_id", "shop"))
        .build();
  }

  private static DefaultSavedRequest savedRequest() {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/orders");
    request.setQueryString("page=2");
    request.setParameter("page", "2");
    request.addHeader("Accept", "text/html");
    request.addPreferredLocale(Locale.ENGLISH);
    request.setCookies(new Cookie("theme", "dark"));
    return new DefaultSavedRequest(request);
  }

  private static OAuth2AuthenticationException oauth2Error() {
    return new OAuth2AuthenticationException(
        new OAuth2Error("access_denied", "denied", "http://localhost/why"), "denied");
  }

  private static FlashMap flashMap() {
    FlashMap map = new FlashMap();
    map.put("message", "saved");
    return map;
  }

  private static Map<String, Object> plainValues() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("text", "naïve");
    values.put("int", 5);
    values.put("long", 5L);
    values.put("double", 1.5);
    values.put("yes", true);
    values.put("instant", ISSUED);
    values.put("duration", Duration.ofMillis(7));
    values.put("date", LocalDate.of(2026, 11, 22));
    values.put("uri", URI.create("http://localhost/"));
    values.put("uuid", new UUID(1, 2));
    values.put("locale", Locale.ENGLISH);
    values.put("list", new ArrayList<>(List.of(1, 2L, "three")));
    values.put("set", new LinkedHashSet<>(List.of("x")));
    values.put("fixed", List.of("a", "b", "c"));
    values.put("cookie", new Cookie("theme", "dark"));
    return values;
  }

  private static URL url(String text) {
    try {
      return URI.create(text).toURL();
    } catch (java.net.MalformedURLException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
