package io.sharedredis.azure.redis;

import com.azure.core.credential.TokenCredential;
import io.lettuce.core.RedisCredentialsProvider;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLogin;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/**
 * Logs in at Redis with tokens of Entra ID: user name is the object id of the identity, password
 * the token. Thread-safe. Making one asks for the first token in the background and waits for
 * nothing; connections are opened as soon as there is a token.
 *
 * <p>Addresses with a password of their own keep it. To an address without TLS no token is sent.
 *
 * <p>Renews until it is closed, however long the token service is away. The renewal of
 * redis-authx-core, which Lettuce supports, gives up for good after a number of failures.
 */
public final class EntraLogin implements RedisLogin, AutoCloseable {

  private final EntraOptions options;
  private final TokenRenewal renewal;
  private final ScheduledExecutorService scheduler;

  /**
   * @param scheduler runs renewals; shut down by {@link #close()}
   */
  EntraLogin(
      EntraOptions options,
      TokenCredential credential,
      InstantSource clock,
      RandomGenerator random,
      ScheduledExecutorService scheduler) {
    this.options = options;
    this.scheduler = scheduler;
    this.renewal = new TokenRenewal(options, credential, clock, random, scheduler);
    renewal.start();
  }

  /** Begins to fetch tokens, on a thread of its own. */
  public static EntraLogin start(EntraOptions options, TokenCredential credential) {
    return new EntraLogin(
        options, credential, InstantSource.system(), new SecureRandom(), daemon());
  }

  /**
   * @throws IllegalArgumentException if the address is not one for TLS
   */
  @Override
  public Optional<RedisCredentialsProvider> credentials(RedisAddress address) {
    if (address.hasCredentials()) {
      return Optional.empty();
    }
    if (!address.isTls() && !options.plaintextAllowed()) {
      throw new IllegalArgumentException(
          "no Entra ID token is sent to "
              + address
              + ", which is not encrypted; write rediss://, or give the address a password of its"
              + " own");
    }
    return Optional.of(renewal);
  }

  @Override
  public void close() {
    renewal.close();
    scheduler.shutdownNow();
  }

  private static ScheduledExecutorService daemon() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "shared-redis-entra");
          thread.setDaemon(true);
          return thread;
        });
  }
}
