package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisCredentialsProvider;
import java.util.Optional;

/**
 * Who a process is for a Redis whose address does not say it, or says it only for a while: user
 * name and password that are fetched, and may change while connections stand. Thread-safe.
 *
 * <p>A provider that streams ({@link RedisCredentialsProvider#supportsStreaming()}) has every new
 * password sent on the connections that stand.
 */
@FunctionalInterface
public interface RedisLogin {

  /** Only what stands in the addresses. */
  RedisLogin BY_ADDRESS = address -> Optional.empty();

  /**
   * Credentials for one Redis, or nothing where those of its address count. Must not wait for
   * anything.
   *
   * @throws IllegalArgumentException naming the address if credentials must not be sent there
   */
  Optional<RedisCredentialsProvider> credentials(RedisAddress address);
}
