package io.sharedredis.cli;

import io.lettuce.core.RedisClient;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.dataprotection.RedisKeyRepository;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Opens rings in Redis; apart, so that a ring in a directory never loads the driver. */
final class RedisRing {
  /**
   * Longest wait for one command, for a connection, and between attempts. A person waits, no page
   * does: ten times what a replica allows.
   */
  static final RedisDeadlines DEADLINES =
      new RedisDeadlines(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(1));

  private RedisRing() {}

  static Ring open(String url, RedisLoginOptions login, @Nullable String key, Surroundings io) {
    Server server = server(url, login, io);
    RedisAddress address = server.address();
    if (key != null && key.isBlank()) {
      throw new UsageException("--redis-key is empty: name the list, or leave the option out");
    }
    RedisNetwork network = new RedisNetwork(DEADLINES);
    try {
      checkConnection(network, address, server.withPassword());
      RedisKeyRepository repository =
          new RedisKeyRepository(
              network, address, key == null ? RedisKeyRepository.DEFAULT_KEY : key);
      await(repository.firstConnected(), address);
      return new Ring(
          repository,
          () -> repository.readAll().items(),
          io,
          () -> {
            repository.close();
            network.close();
          });
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** The server of a URL, with what the login says. */
  static Server server(String url, RedisLoginOptions login, Surroundings io) {
    char[] password = Secrets.redisPassword(login.passwordFile, io);
    return new Server(address(url, login.user, password), password != null);
  }

  /**
   * A Redis to connect to.
   *
   * @param withPassword whether somebody gave one
   */
  record Server(RedisAddress address, boolean withPassword) {}

  private static RedisAddress address(
      String url, @Nullable String user, char @Nullable [] password) {
    RedisAddress address;
    try {
      address = RedisAddress.parse("--redis", url);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()).replace("[user:password@]", ""), null);
    }
    if (address.hasCredentials()) {
      throw new UsageException(
          "--redis holds a password, which everybody on this machine can see in the list of"
              + " processes: take it out and use --redis-password-file <file> or the environment"
              + " variable REDIS_PASSWORD (and --redis-user <name> for a user)");
    }
    if (password == null) {
      if (user != null) {
        throw new UsageException(
            "--redis-user needs a password: add --redis-password-file <file> or set REDIS_PASSWORD");
      }
      return address;
    }
    return address.withCredentials(user, password);
  }

  /** One attempt whose failure says why; the repository's own link only says that it tries. */
  static void checkConnection(RedisNetwork network, RedisAddress address, boolean withPassword) {
    RedisClient client = network.client(address);
    try {
      client.connect().close();
    } catch (RuntimeException e) {
      String reason = Reasons.of(e);
      throw new FailedException(
          "no connection to Redis at "
              + address
              + ": "
              + reason
              + (reason.contains("NOAUTH") && !withPassword
                  ? "; give the password with --redis-password-file <file> or REDIS_PASSWORD"
                  : ""),
          e);
    } finally {
      client.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }

  static void await(CompletableFuture<Void> connected, RedisAddress address) {
    try {
      connected.get(DEADLINES.connect().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new FailedException("no connection to Redis at " + address + " in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted while connecting to Redis at " + address, e);
    }
  }
}
