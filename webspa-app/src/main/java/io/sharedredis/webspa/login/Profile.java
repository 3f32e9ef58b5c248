package io.sharedredis.webspa.login;

import io.sharedredis.webspa.ShopProperties;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * What the identity provider knows for the checkout form: asked when it is needed, with the
 * visitor's access token (refreshed if it ran out), and never kept: a card has no place in a
 * session.
 */
@Component
class Profile {

  private static final Logger log = LoggerFactory.getLogger(Profile.class);

  private static final ParameterizedTypeReference<Map<String, Object>> CLAIMS =
      new ParameterizedTypeReference<>() {};

  private final OAuth2AuthorizedClientManager tokens;
  private final RestClient identity;

  Profile(
      OAuth2AuthorizedClientManager tokens,
      ShopProperties shop,
      ClientHttpRequestFactory identityRequests) {
    this.tokens = tokens;
    this.identity =
        RestClient.builder().requestFactory(identityRequests).baseUrl(shop.identity()).build();
  }

  /** The claims of userinfo; nothing when the provider cannot be asked: the form is typed then. */
  Optional<Map<String, Object>> of(Authentication visitor) {
    try {
      OAuth2AuthorizedClient client =
          tokens.authorize(
              OAuth2AuthorizeRequest.withClientRegistrationId(ShopClient.REGISTRATION)
                  .principal(visitor)
                  .build());
      return client == null
          ? Optional.empty()
          : Optional.ofNullable(userInfo(client.getAccessToken().getTokenValue()));
    } catch (OAuth2AuthorizationException | OAuth2AuthenticationException | RestClientException e) {
      log.warn("The profile could not be asked for: {}", e.toString());
      return Optional.empty();
    }
  }

  private @Nullable Map<String, Object> userInfo(String accessToken) {
    return identity
        .get()
        .uri("/userinfo")
        .headers(headers -> headers.setBearerAuth(accessToken))
        .retrieve()
        .body(CLAIMS);
  }
}
