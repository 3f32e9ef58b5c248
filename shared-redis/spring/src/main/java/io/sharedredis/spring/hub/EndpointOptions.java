package io.sharedredis.spring.hub;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How connections to one path are opened. Immutable and validated; begin with {@link #defaults()}.
 *
 * @param transports names of those offered; kept in the order clients try them
 * @param pollTimeout longest wait of a poll that finds nothing; 50 s, below the minute after which
 *     proxies give up
 * @param minimumNegotiateVersion the oldest version of negotiation served; 0, as in ASP.NET Core
 * @param subProtocols WebSocket sub-protocols, of which the first that a client offers is chosen;
 *     {@code *} for any, none by default
 * @param closeOnAuthenticationExpiration whether a connection ends when what its user signed in
 *     with expires; the client may come back
 * @param corsOrigins origins whose pages may read the answers, with credentials; lower case
 */
public record EndpointOptions(
    List<String> transports,
    Duration pollTimeout,
    int minimumNegotiateVersion,
    List<String> subProtocols,
    boolean closeOnAuthenticationExpiration,
    Set<String> corsOrigins) {

  /** Names of all transports, in ASP.NET Core's order. */
  public static final List<String> ALL_TRANSPORTS =
      List.of("WebSockets", "ServerSentEvents", "LongPolling");

  private static final Duration POLL_TIMEOUT = Duration.ofSeconds(50);

  public EndpointOptions {
    if (transports.isEmpty() || !ALL_TRANSPORTS.containsAll(transports)) {
      throw new IllegalArgumentException(
          "hub transports are " + transports + " but must be some of " + ALL_TRANSPORTS);
    }
    if (pollTimeout.isZero() || pollTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "hub option poll-timeout is " + pollTimeout + " but must be above zero");
    }
    List<String> given = transports;
    transports = ALL_TRANSPORTS.stream().filter(given::contains).toList();
    subProtocols = List.copyOf(subProtocols);
    Set<String> origins = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    origins.addAll(corsOrigins);
    corsOrigins = java.util.Collections.unmodifiableSet(origins);
  }

  /** The defaults named at each component. */
  public static EndpointOptions defaults() {
    return new EndpointOptions(ALL_TRANSPORTS, POLL_TIMEOUT, 0, List.of(), false, Set.of());
  }

  boolean offers(String transport) {
    return transports.contains(transport);
  }

  /** The sub-protocol to speak with a client that offers these, in its order; null for none. */
  @Nullable String choose(List<String> offered) {
    for (String one : offered) {
      if (subProtocols.contains("*") || subProtocols.contains(one)) {
        return one;
      }
    }
    return null;
  }
}
