package io.sharedredis.webspa.login;

import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.webspa.ShopProperties;
import java.net.http.HttpClient;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * The shop's own calls to the identity provider: tokens, keys, profile. Each has a deadline; keys
 * are fetched when the first token comes, and again when a token names an unknown one.
 */
@Configuration(proxyBeanMethods = false)
class IdentityCalls {

  /** Longest wait for a connection, and for an answer: a person is waiting behind each call. */
  private static final Duration CONNECT = Duration.ofSeconds(1);

  private static final Duration ANSWER = Duration.ofSeconds(5);

  @Bean
  ClientHttpRequestFactory identityRequests() {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(client);
    requests.setReadTimeout(ANSWER);
    return requests;
  }

  @Bean
  OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> codeForTokens(
      ClientHttpRequestFactory identityRequests) {
    var client = new RestClientAuthorizationCodeTokenResponseClient();
    client.setRestClient(tokenEndpoint(identityRequests));
    return client;
  }

  @Bean
  OAuth2AccessTokenResponseClient<OAuth2RefreshTokenGrantRequest> refreshTokens(
      ClientHttpRequestFactory identityRequests) {
    var client = new RestClientRefreshTokenTokenResponseClient();
    client.setRestClient(tokenEndpoint(identityRequests));
    return client;
  }

  /** Bearer tokens of the API and the hub. */
  @Bean
  JwtDecoder bearerTokens(
      PublicUrl publicUrl, ShopProperties shop, ClientHttpRequestFactory identityRequests) {
    NimbusJwtDecoder decoder = decoder(shop, identityRequests);
    decoder.setJwtValidator(JwtValidators.createDefaultWithIssuer(ShopClient.issuer(publicUrl)));
    return decoder;
  }

  /** Id tokens of the sign-in. */
  @Bean
  JwtDecoderFactory<ClientRegistration> idTokens(
      ShopProperties shop, ClientHttpRequestFactory identityRequests) {
    return registration -> {
      NimbusJwtDecoder decoder = decoder(shop, identityRequests);
      decoder.setJwtValidator(
          JwtValidators.createDefaultWithValidators(new OidcIdTokenValidator(registration)));
      return decoder;
    };
  }

  private static NimbusJwtDecoder decoder(
      ShopProperties shop, ClientHttpRequestFactory identityRequests) {
    return NimbusJwtDecoder.withJwkSetUri(ShopClient.jwkSetUri(shop))
        .restOperations(new RestTemplate(identityRequests))
        .build();
  }

  private static RestClient tokenEndpoint(ClientHttpRequestFactory requests) {
    return RestClient.builder()
        .requestFactory(requests)
        .configureMessageConverters(
            converters ->
                converters
                    .addCustomConverter(new FormHttpMessageConverter())
                    .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
        .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
        .build();
  }
}
