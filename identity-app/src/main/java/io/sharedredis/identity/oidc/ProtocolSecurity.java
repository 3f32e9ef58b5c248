package io.sharedredis.identity.oidc;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import io.sharedredis.identity.signin.SignInEntryPoint;
import io.sharedredis.spring.web.PublicUrl;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.oauth2.server.authorization.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;

/**
 * The protocol endpoints: discovery, JWKS, authorize, token, userinfo, revocation, introspection,
 * logout.
 */
@Configuration(proxyBeanMethods = false)
class ProtocolSecurity {

  /** The issuer in every token: the one public URL and this app's context path. */
  private static String issuer(PublicUrl site) {
    return site.resolve("/identity");
  }

  @Bean
  AuthorizationServerSettings authorizationServerSettings(PublicUrl site) {
    return AuthorizationServerSettings.builder().issuer(issuer(site)).build();
  }

  @Bean
  JwtDecoder ownTokens(JWKSource<SecurityContext> keys, PublicUrl site) {
    NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSource(keys).build();
    decoder.setJwtValidator(JwtValidators.createDefaultWithIssuer(issuer(site)));
    return decoder;
  }

  @Bean
  @Order(10)
  SecurityFilterChain protocol(
      HttpSecurity http,
      SignInEntryPoint entryPoint,
      ProfileClaims profile,
      ProtocolErrorPage errorPage,
      SignOut signOut,
      JWKSource<SecurityContext> keys,
      RegisteredClientRepository clients,
      PublicUrl site)
      throws Exception {
    NimbusJwtDecoder signedByUs = NimbusJwtDecoder.withJwkSource(keys).build();
    signedByUs.setJwtValidator(new JwtIssuerValidator(issuer(site)));
    OAuth2AuthorizationServerConfigurer server = new OAuth2AuthorizationServerConfigurer();
    TokenErrors tokenErrors = new TokenErrors();
    MediaTypeRequestMatcher browser = new MediaTypeRequestMatcher(MediaType.TEXT_HTML);
    return http.securityMatcher(server.getEndpointsMatcher())
        .with(
            server,
            it ->
                it.clientAuthentication(client -> client.errorResponseHandler(tokenErrors))
                    .tokenEndpoint(token -> token.errorResponseHandler(tokenErrors))
                    .authorizationEndpoint(
                        authorize -> authorize.errorResponseHandler(errorPage::authorization))
                    .oidc(
                        oidc ->
                            oidc.providerConfigurationEndpoint(
                                    metadata ->
                                        metadata.providerConfigurationCustomizer(
                                            provider ->
                                                provider.scopes(
                                                    scopes -> scopes.addAll(ShopClient.SCOPES))))
                                .userInfoEndpoint(
                                    info ->
                                        info.userInfoMapper(profile::userInfo)
                                            .authenticationProviders(
                                                all -> all.replaceAll(ServerFault::marked))
                                            .errorResponseHandler(tokenErrors))
                                .logoutEndpoint(
                                    logout ->
                                        logout
                                            .authenticationProviders(
                                                all ->
                                                    all.replaceAll(
                                                        provider ->
                                                            ServerFault.marked(
                                                                new EarlierIdToken(
                                                                    provider,
                                                                    signedByUs,
                                                                    clients))))
                                            .logoutResponseHandler(signOut)
                                            .errorResponseHandler(errorPage::signOut))))
        .authorizeHttpRequests(
            requests ->
                requests
                    // Answered by the endpoint: a code, or login_required without a sign-in page.
                    .requestMatchers(ProtocolSecurity::forbidsAsking)
                    .permitAll()
                    .anyRequest()
                    .authenticated())
        // Programs call these, or links that carry their own proof; no form of ours leads here.
        .csrf(csrf -> csrf.disable())
        .exceptionHandling(
            problems -> problems.defaultAuthenticationEntryPointFor(entryPoint, browser))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .oauth2ResourceServer(resource -> resource.jwt(Customizer.withDefaults()))
        .build();
  }

  /** An authorization request with {@code prompt=none} (OpenID Connect Core §3.1.2.1). */
  private static boolean forbidsAsking(HttpServletRequest request) {
    return request.getRequestURI().endsWith("/oauth2/authorize")
        && "none".equals(request.getParameter("prompt"));
  }
}
