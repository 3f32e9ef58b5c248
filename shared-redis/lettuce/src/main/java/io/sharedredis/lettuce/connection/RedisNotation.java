package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisURI;
import io.sharedredis.lettuce.connection.RedisTopology.Cluster;
import io.sharedredis.lettuce.connection.RedisTopology.Node;
import io.sharedredis.lettuce.connection.RedisTopology.Sentinel;
import io.sharedredis.lettuce.connection.RedisTopology.Standalone;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the texts that {@link RedisAddress} describes; its errors name the option. */
final class RedisNotation {

  /** Port of a server when none is given; Redis' own default. */
  private static final int SERVER_PORT = 6379;

  /** Port of a sentinel when none is given; Redis' own default. */
  private static final int SENTINEL_PORT = 26379;

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:(?<port>[0-9]{1,5}))?");

  private static final Pattern URL =
      Pattern.compile(
          "(?<scheme>rediss?)(?<kind>-sentinel|-cluster)?://(?<user>[^/#?]*@)?(?<nodes>[^/?#@]*)"
              + "(?<rest>[^#]*)(#(?<master>.*))?",
          Pattern.CASE_INSENSITIVE);

  /** How a URL begins. A password in the other notation may hold "://" as well. */
  private static final Pattern SCHEME = Pattern.compile("(?<name>[A-Za-z][A-Za-z0-9+.-]*)://");

  private final String option;

  private RedisNotation(String option) {
    this.option = option;
  }

  static RedisAddress read(String option, String value) {
    RedisNotation notation = new RedisNotation(option);
    String text = value.strip();
    if (text.isEmpty()) {
      throw notation.invalid("it is empty");
    }
    Matcher scheme = SCHEME.matcher(text);
    return scheme.lookingAt()
        ? notation.fromUrl(text, scheme.group("name").toLowerCase(Locale.ROOT))
        : notation.fromList(text);
  }

  private RedisAddress fromUrl(String text, String begin) {
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      if (!begin.matches("rediss?(-sentinel|-cluster)?")) {
        throw invalid(
            "its scheme is none of redis, redis-sentinel, redis-cluster, nor one of these with"
                + " rediss for TLS");
      }
      throw invalid("it cannot be read as a URL");
    }
    String scheme = url.group("scheme").toLowerCase(Locale.ROOT);
    String kind = url.group("kind") == null ? "" : url.group("kind").toLowerCase(Locale.ROOT);
    String user = url.group("user") == null ? "" : url.group("user");
    if (kind.isEmpty()) {
      RedisURI uri = settings(scheme + text.substring(scheme.length()));
      return new RedisAddress(new Standalone(new Node(uri.getHost(), uri.getPort())), uri, null);
    }
    boolean sentinel = kind.equals("-sentinel");
    List<Node> nodes = nodes(url.group("nodes"), sentinel ? SENTINEL_PORT : SERVER_PORT);
    // The driver reads everything but the servers: credentials, database, TLS.
    RedisURI uri = settings(scheme + "://" + user + nodes.get(0) + url.group("rest"));
    if (sentinel) {
      String master = url.group("master") == null ? null : decoded(url.group("master"));
      if (master == null || master.isBlank()) {
        master = uri.getSentinelMasterId();
      }
      return sentinel(master, nodes, uri);
    }
    return cluster(nodes, uri);
  }

  private RedisURI settings(String text) {
    RedisURI uri;
    try {
      URI checked = URI.create(text);
      if (checked.getHost() == null) {
        throw invalid("it names no host");
      }
      uri = RedisURI.create(checked);
    } catch (IllegalArgumentException e) {
      if (e.getMessage() != null && e.getMessage().startsWith(option)) {
        throw e;
      }
      // The cause is left out on purpose: its message repeats the URL with the password.
      throw invalid("it cannot be read as a URL");
    }
    return uri;
  }

  private RedisAddress fromList(String text) {
    List<String> endpoints = new ArrayList<>();
    RedisURI.Builder uri = RedisURI.Builder.redis("localhost");
    String user = "";
    String password = "";
    String master = "";
    boolean servers = true;
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        if (!servers) {
          // The rest of a password with a comma would be a host, which is looked up and printed.
          throw invalid(
              "something without '=' stands after its first setting. Put every server before the"
                  + " settings, and give a password that holds a comma in a URL, the comma as %2C");
        }
        endpoints.add(part.strip());
        continue;
      }
      servers = false;
      String setting = part.substring(equals + 1).strip();
      switch (part.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
        case "password" -> password = setting;
        case "user" -> user = setting;
        case "servicename" -> master = setting;
        case "ssl" -> uri.withSsl(setting.equalsIgnoreCase("true"));
        case "defaultdatabase" -> uri.withDatabase(database(setting));
        // The other options tune .NET's client; ours have their own properties.
        default -> {}
      }
    }
    if (!password.isEmpty()) {
      if (user.isEmpty()) {
        uri.withPassword(password.toCharArray());
      } else {
        uri.withAuthentication(user, password.toCharArray());
      }
    }
    boolean sentinel = !master.isEmpty();
    List<Node> nodes = nodes(String.join(",", endpoints), sentinel ? SENTINEL_PORT : SERVER_PORT);
    if (sentinel) {
      return sentinel(master, nodes, uri.build());
    }
    return nodes.size() == 1
        ? new RedisAddress(new Standalone(nodes.get(0)), uri.build(), null)
        : cluster(nodes, uri.build());
  }

  private RedisAddress sentinel(@Nullable String master, List<Node> nodes, RedisURI settings) {
    if (master == null || master.isBlank()) {
      throw invalid("it does not say which master its sentinels watch (…#name)");
    }
    return new RedisAddress(new Sentinel(master.strip(), nodes), settings, null);
  }

  private RedisAddress cluster(List<Node> nodes, RedisURI settings) {
    if (settings.getDatabase() != 0) {
      throw invalid("a Redis Cluster has database 0 only");
    }
    return new RedisAddress(new Cluster(nodes), settings, null);
  }

  private List<Node> nodes(String list, int defaultPort) {
    List<Node> nodes = new ArrayList<>();
    for (String part : list.split(",", -1)) {
      Matcher where = HOST_AND_PORT.matcher(part.strip());
      if (!where.matches()) {
        throw invalid(
            nodes.isEmpty()
                ? "it does not begin with a host or host:port"
                : "not every server in it is a host or host:port");
      }
      int port = where.group("port") == null ? defaultPort : Integer.parseInt(where.group("port"));
      if (port < 1 || port > 65535) {
        throw invalid("port " + port + " is not between 1 and 65535");
      }
      nodes.add(new Node(where.group("host"), port));
    }
    return nodes;
  }

  private int database(String setting) {
    try {
      return Integer.parseUnsignedInt(setting);
    } catch (NumberFormatException e) {
      throw invalid("defaultDatabase is not a number");
    }
  }

  private String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw invalid("the name of the master cannot be read");
    }
  }

  private IllegalArgumentException invalid(String why) {
    return new IllegalArgumentException(
        option
            + " is not the address of a Redis: "
            + why
            + ". Write redis://[user:password@]host:port, redis-sentinel://host:port,host:port#master"
            + " or redis-cluster://host:port,host:port, each with rediss for TLS.");
  }
}
