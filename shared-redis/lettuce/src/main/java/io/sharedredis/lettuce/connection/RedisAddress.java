package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import io.sharedredis.lettuce.connection.RedisTopology.Cluster;
import io.sharedredis.lettuce.connection.RedisTopology.Node;
import io.sharedredis.lettuce.connection.RedisTopology.Sentinel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where one Redis is, checked when it is made and safe to print: {@link #toString()} never shows
 * the user name's password.
 *
 * <p>Two notations are read. URLs, with {@code rediss} in place of {@code redis} for TLS:
 *
 * <ul>
 *   <li>{@code redis://[user:password@]host[:port][/database]}
 *   <li>{@code redis-sentinel://[user:password@]host[:port],host[:port][/database]#master}, the
 *       hosts being sentinels and the credentials those of master and replicas
 *   <li>{@code redis-cluster://[user:password@]host[:port],host[:port]}, some nodes of a cluster
 * </ul>
 *
 * and the one of StackExchange.Redis that .NET replicas of the same farm use ({@code
 * host[:port][,password=…][,user=…][,ssl=true][,defaultDatabase=1]}): with {@code
 * serviceName=master} its hosts are sentinels, and several hosts without it are nodes of a cluster.
 * Hosts come before settings; a password that holds a comma needs a URL.
 */
public final class RedisAddress {

  private final RedisTopology topology;

  /** Everything but the servers. */
  private final RedisURI settings;

  /** Of the sentinels, which have credentials of their own or none. */
  private final @Nullable StaticCredentialsProvider sentinelCredentials;

  private final String shown;

  RedisAddress(
      RedisTopology topology,
      RedisURI settings,
      @Nullable StaticCredentialsProvider sentinelCredentials) {
    this.topology = topology;
    this.settings = settings;
    this.sentinelCredentials = sentinelCredentials;
    String kind = "";
    String master = "";
    if (topology instanceof Sentinel sentinel) {
      kind = "-sentinel";
      master = "#" + sentinel.master();
    } else if (topology instanceof Cluster) {
      kind = "-cluster";
    }
    this.shown =
        (settings.isSsl() ? "rediss" : "redis")
            + kind
            + "://"
            + topology.list()
            + (settings.getDatabase() == 0 ? "" : "/" + settings.getDatabase())
            + master;
  }

  /**
   * Reads an address.
   *
   * @param option the setting it comes from, named in the error
   * @param value URL or StackExchange.Redis notation
   * @throws IllegalArgumentException naming the option and, without any password, what is wrong
   */
  public static RedisAddress parse(String option, String value) {
    return RedisNotation.read(option, value);
  }

  /** How the servers stand to each other, and which of them are named. */
  public RedisTopology topology() {
    return topology;
  }

  /** Whether the address carries a password (or a user name, which it cannot without one). */
  public boolean hasCredentials() {
    if (settings.getCredentialsProvider() instanceof StaticCredentialsProvider fixed) {
      RedisCredentials credentials = fixed.resolveCredentialsNow();
      return credentials.hasUsername() || credentials.hasPassword();
    }
    return true;
  }

  /**
   * The same Redis with other credentials, which never appear in a text.
   *
   * @param user null for Redis' default user
   */
  public RedisAddress withCredentials(@Nullable String user, char[] password) {
    RedisURI copy = RedisURI.builder(settings).build();
    copy.setCredentialsProvider(new StaticCredentialsProvider(user, password.clone()));
    return new RedisAddress(topology, copy, sentinelCredentials);
  }

  /**
   * The same Redis with credentials for its sentinels.
   *
   * @param user null for the default user
   */
  public RedisAddress withSentinelCredentials(@Nullable String user, char[] password) {
    return new RedisAddress(
        topology, settings, new StaticCredentialsProvider(user, password.clone()));
  }

  /**
   * For Lettuce, with the connect timeout set: the server, or the sentinels with the name of their
   * master; of a cluster the first node that is named.
   */
  public RedisURI toUri(Duration timeout) {
    return toUris(timeout).get(0);
  }

  /** As {@link #toUri}, but of a cluster every node that is named. */
  public List<RedisURI> toUris(Duration timeout) {
    if (!(topology instanceof Sentinel sentinel)) {
      return topology.nodes().stream().map(node -> uri(node, timeout)).toList();
    }
    RedisURI uri = RedisURI.builder(settings).build();
    uri.setTimeout(timeout);
    uri.setSentinelMasterId(sentinel.master());
    uri.getSentinels().addAll(sentinels().stream().map(one -> one.toUri(timeout)).toList());
    return List.of(uri);
  }

  /** The sentinels, each as a Redis by itself; none where there are none. */
  List<RedisAddress> sentinels() {
    if (!(topology instanceof Sentinel)) {
      return List.of();
    }
    return topology.nodes().stream()
        .map(
            node -> {
              RedisURI uri = uri(node, settings.getTimeout());
              uri.setDatabase(0);
              uri.setCredentialsProvider(
                  sentinelCredentials == null
                      ? new StaticCredentialsProvider(null, null)
                      : sentinelCredentials);
              return new RedisAddress(new RedisTopology.Standalone(node), uri, null);
            })
        .toList();
  }

  private RedisURI uri(Node node, Duration timeout) {
    RedisURI uri = RedisURI.builder(settings).build();
    uri.setHost(node.host());
    uri.setPort(node.port());
    uri.setTimeout(timeout);
    return uri;
  }

  /** Whether connections are encrypted and the server proves who it is. */
  public boolean isTls() {
    return settings.isSsl();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RedisAddress that
        && topology.equals(that.topology)
        && settings.equals(that.settings)
        && Objects.equals(sentinelCredentials, that.sentinelCredentials);
  }

  @Override
  public int hashCode() {
    return Objects.hash(topology, settings);
  }

  /** The address without user and password. */
  @Override
  public String toString() {
    return shown;
  }
}
