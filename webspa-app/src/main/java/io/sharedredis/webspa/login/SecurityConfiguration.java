package io.sharedredis.webspa.login;

import io.sharedredis.spring.hub.HubPaths;
import io.sharedredis.spring.web.PublicUrl;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Who may do what. Everybody looks at the page and the catalogue; baskets, orders and the hub need
 * their scope, from the session of the server-side sign-in or from a bearer token alike.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

  @Bean
  SecurityFilterChain shopSecurity(
      HttpSecurity http,
      HubPaths hubs,
      PublicUrl publicUrl,
      Refusals refusals,
      SignInOutcome outcome,
      SignOut signOut,
      OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> codeForTokens,
      AuthorizationRequestRepository<OAuth2AuthorizationRequest> signInsUnderWay)
      throws Exception {
    http.authorizeHttpRequests(
        rules ->
            rules
                .requestMatchers("/api/v1/basket", "/api/v1/basket/**")
                .hasAuthority("SCOPE_basket")
                .requestMatchers("/api/v1/orders", "/api/v1/orders/**")
                .hasAuthority("SCOPE_orders")
                // The sign-in's own affair: a token that a program holds has no place here.
                .requestMatchers("/api/v1/sessions", "/api/v1/sessions/**")
                .hasAuthority("OIDC_USER")
                .requestMatchers(hubs)
                .hasAuthority("SCOPE_orders.signalrhub")
                .requestMatchers(belowHub())
                .denyAll()
                .requestMatchers("/api/v1/me", "/api/v1/catalog/**")
                .permitAll()
                .requestMatchers("/api/**")
                .denyAll()
                .requestMatchers(HttpMethod.GET, "/**")
                .permitAll()
                .anyRequest()
                .denyAll());
    http.oauth2Login(
        login ->
            login
                .loginPage("/login")
                .authorizationEndpoint(
                    begin -> begin.authorizationRequestRepository(signInsUnderWay))
                .tokenEndpoint(token -> token.accessTokenResponseClient(codeForTokens))
                .userInfoEndpoint(user -> user.oidcUserService(fromIdTokenAlone()))
                .successHandler(outcome)
                .failureHandler(outcome));
    http.oauth2ResourceServer(
        server ->
            server
                .authenticationEntryPoint(refusals)
                .accessDeniedHandler(refusals)
                .jwt(jwt -> jwt.jwtAuthenticationConverter(byLoginName())));
    http.logout(logout -> logout.logoutUrl("/logout").logoutSuccessHandler(signOut));
    http.exceptionHandling(
        errors -> errors.authenticationEntryPoint(refusals).accessDeniedHandler(refusals));
    http.requestCache(cache -> cache.requestCache(new NullRequestCache()));
    http.headers(headers -> ContentPolicy.apply(headers, publicUrl));
    return http.build();
  }

  /** Hubs are reached in any letter case, so what is not a hub there is denied in any. */
  private static RequestMatcher belowHub() {
    PathPatternParser anyCase = new PathPatternParser();
    anyCase.setCaseSensitive(false);
    return PathPatternRequestMatcher.withPathPatternParser(anyCase).matcher("/hub/**");
  }

  /**
   * The profile is asked for when it is needed; what it says of a card must not lie in a session.
   */
  private static OidcUserService fromIdTokenAlone() {
    OidcUserService users = new OidcUserService();
    users.setRetrieveUserInfo(request -> false);
    return users;
  }

  private static JwtAuthenticationConverter byLoginName() {
    JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
    converter.setPrincipalClaimName(Buyer.NAME_CLAIM);
    return converter;
  }

  /**
   * Refreshes are announced, so that the id token of the session is the newest one: the identity
   * provider knows no other when the visitor signs out.
   */
  @Bean
  OAuth2AuthorizedClientManager tokens(
      ClientRegistrationRepository registrations,
      OAuth2AuthorizedClientRepository sessionTokens,
      OAuth2AccessTokenResponseClient<OAuth2RefreshTokenGrantRequest> refreshTokens,
      ApplicationEventPublisher events) {
    var manager = new DefaultOAuth2AuthorizedClientManager(registrations, sessionTokens);
    manager.setAuthorizedClientProvider(
        OAuth2AuthorizedClientProviderBuilder.builder()
            .refreshToken(
                refresh -> refresh.accessTokenResponseClient(refreshTokens).eventPublisher(events))
            .build());
    return manager;
  }
}
