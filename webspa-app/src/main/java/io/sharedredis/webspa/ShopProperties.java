package io.sharedredis.webspa;

import io.sharedredis.lettuce.connection.RedisAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What the shop must be told about where it stands, besides what every replica is told.
 *
 * @param identityInternalUrl base URL, {@code /identity} included, for calls from this server to
 *     the identity provider; never shown to a browser
 * @param redisUrl Redis of baskets and of the event stream
 * @param clientSecret of the shop at the identity provider
 */
@ConfigurationProperties("shop")
public record ShopProperties(
    @Nullable URI identityInternalUrl, @Nullable String redisUrl, @Nullable String clientSecret) {

  /** Checks that the addresses can be addresses. */
  public ShopProperties {
    identity(identityInternalUrl);
    address(redisUrl);
  }

  /** Where the identity provider answers this server, without a closing slash. */
  public String identity() {
    return identity(identityInternalUrl);
  }

  /** Where baskets and the event stream lie. */
  public RedisAddress redis() {
    return address(redisUrl);
  }

  /** The secret, empty when none was given: then the sign-in fails, and nothing else. */
  public String secret() {
    return clientSecret == null ? "" : clientSecret;
  }

  private static RedisAddress address(@Nullable String url) {
    return RedisAddress.parse("shop.redis-url (BASKET_REDIS_URL)", url == null ? "" : url);
  }

  private static String identity(@Nullable URI url) {
    if (url == null
        || url.getHost() == null
        || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
      throw new IllegalArgumentException(
          "shop.identity-internal-url (IDENTITY_INTERNAL_URL) must be a URL such as"
              + " http://identity:8080/identity, but is '"
              + url
              + "'");
    }
    String text = url.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** Keeps secrets out of logs. */
  @Override
  public String toString() {
    return "ShopProperties[identity=" + identityInternalUrl + ", redis=" + redis() + "]";
  }
}
