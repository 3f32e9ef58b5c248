package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.security.cert.CertificateException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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

  /** Failures behind one that are looked at: more than a large cluster has nodes to fail. */
  private static final int MOST = 4_096;

  /** How the platform begins to tell what a server ended the handshake with. */
  private static final String ALERT = "Received fatal alert: ";

  /**
   * Alerts of RFC 5246 and RFC 8446 that are about this side's certificate or settings. Others,
   * {@code internal_error} for instance, come from a proxy whose server is being replaced, too.
   */
  private static final Set<String> FOR_GOOD =
      Set.of(
          "access_denied",
          "bad_certificate",
          "certificate_expired",
          "certificate_required",
          "certificate_revoked",
          "certificate_unknown",
          "handshake_failure",
          "insufficient_security",
          "no_certificate",
          "protocol_version",
          "unknown_ca",
          "unsupported_certificate");

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

  /** Looks through all that is behind a failure: of a cluster, what each node said. */
  private static @Nullable String wrong(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> left = new ArrayDeque<>(List.of(failure));
    String refused = null;
    while (!left.isEmpty() && seen.size() < MOST) {
      Throwable next = left.remove();
      if (!seen.add(next)) {
        continue;
      }
      if (next instanceof CertificateException) {
        return "shows a certificate that is not trusted: "
            + next.getMessage()
            + ". Name its authority in an SSL bundle (spring.data.redis.ssl.bundle), and the server"
            + " as its certificate does.";
      }
      if (next instanceof SSLException && refusesForGood(String.valueOf(next.getMessage()))) {
        refused =
            "refuses TLS: "
                + next.getMessage()
                + ". It may want a certificate of this application: give the SSL bundle a key.";
      }
      if (next.getCause() != null) {
        left.add(next.getCause());
      }
      left.addAll(List.of(next.getSuppressed()));
    }
    return refused;
  }

  private static boolean refusesForGood(String message) {
    int alert = message.indexOf(ALERT);
    return alert >= 0 && FOR_GOOD.contains(message.substring(alert + ALERT.length()).strip());
  }
}
