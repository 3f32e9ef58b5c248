package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.security.cert.CertificateException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Finds at the start what no waiting mends: a server whose certificate is not trusted, and one that
 * cannot be told renewed passwords. A Redis that is away is none of its business.
 */
public final class FirstContact {

  /** Deeper than any library wraps, and ends on a chain that is a circle. */
  private static final int DEEPEST = 12;

  private FirstContact() {}

  /**
   * Connects once, as somebody who listens; asks nothing where nothing can be wrong. Waits as long
   * as a connection may take at most.
   *
   * @throws IllegalArgumentException naming the address, what is wrong and what to do
   */
  public static void check(RedisNetwork network, RedisAddress address) {
    boolean renewing =
        network.credentials(address).map(RedisCredentialsProvider::supportsStreaming).orElse(false);
    if (!renewing && !address.isTls()) {
      return;
    }
    Driver driver = Driver.of(network, address);
    try {
      StatefulRedisPubSubConnection<String, String> connection =
          driver
              .connectPubSub(StringCodec.UTF8)
              .toCompletableFuture()
              .get(network.deadlines().connect().toMillis(), TimeUnit.MILLISECONDS);
      if (renewing && speaksOldProtocol(connection)) {
        throw new IllegalArgumentException(
            "Redis at "
                + address
                + " speaks RESP2 only (it does not answer HELLO 3), so that connections which"
                + " listen cannot be told a renewed password and would end with the first one. Use"
                + " a Redis of version 6 or newer without a proxy that hides it, or give the"
                + " address a password of its own.");
      }
    } catch (ExecutionException e) {
      String wrong = wrong(e);
      if (wrong != null) {
        throw new IllegalArgumentException("Redis at " + address + " " + wrong, e);
      }
    } catch (TimeoutException e) {
      // Away, or slow: connections are opened in the background for as long as it takes.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      driver.close();
    }
  }

  private static boolean speaksOldProtocol(StatefulRedisPubSubConnection<?, ?> connection) {
    return connection instanceof StatefulRedisConnectionImpl<?, ?> known
        && known.getConnectionState().getNegotiatedProtocolVersion() == ProtocolVersion.RESP2;
  }

  private static @Nullable String wrong(Throwable failure) {
    Throwable cause = failure;
    String refused = null;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      if (cause instanceof CertificateException) {
        return "shows a certificate that is not trusted: "
            + cause.getMessage()
            + ". Name its authority in an SSL bundle (spring.data.redis.ssl.bundle), and the server"
            + " as its certificate does.";
      }
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof SSLException && message.contains("Received fatal alert")) {
        refused =
            "refuses TLS: "
                + message
                + ". It may want a certificate of this application: give the SSL bundle a key.";
      }
      cause = cause.getCause();
    }
    return refused;
  }
}
