package io.sharedredis.azure.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Tokens of Entra ID as passwords of Redis.
 *
 * @param enabled whether connections without a password in their address log in with a token
 * @param user name at Redis; by default the object id that the token names
 * @param scope what the token is for; by default {@code https://redis.azure.com/.default}
 * @param deadline longest wait for a token
 * @param allowPlaintext whether tokens are sent without TLS too; only where something beside the
 *     process encrypts
 */
@ConfigurationProperties("shared-redis.redis.entra-id")
public record EntraRedisProperties(
    @DefaultValue("false") boolean enabled,
    @Nullable String user,
    @Nullable String scope,
    @DefaultValue("10s") Duration deadline,
    @DefaultValue("false") boolean allowPlaintext) {

  static final String PREFIX = "shared-redis.redis.entra-id";
}
