package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where one Redis is, checked when it is made and safe to print: {@link #toString()} never shows
 * the user name's password.
 *
 * <p>Two notations are read: a URL ({@code redis://[user:password@]host[:port][/database]}, {@code
 * rediss://} for TLS) and the one of StackExchange.Redis that .NET replicas of the same farm use
 * ({@code host[:port][,password=…][,user=…][,ssl=true][,defaultDatabase=1]}).
 */
public final class RedisAddress {

  /** Port when none is given; Redis' own default. */
  private static final int DEFAULT_PORT = 6379;

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:(?<port>[0-9]{1,5}))?");

  private final RedisURI uri;
  private final String shown;

  private RedisAddress(RedisURI uri) {
    this.uri = uri;
    this.shown =
        (uri.isSsl() ? "rediss://" : "redis://")
            + uri.getHost()
            + ":"
            + uri.getPort()
            + (uri.getDatabase() == 0 ? "" : "/" + uri.getDatabase());
  }

  /**
   * Reads an address.
   *
   * @param option the setting it comes from, named in the error
   * @param value URL or StackExchange.Redis notation
   * @throws IllegalArgumentException naming the option and, without any password, what is wrong
   */
  public static RedisAddress parse(String option, String value) {
    String text = value.strip();
    if (text.isEmpty()) {
      throw invalid(option, "it is empty");
    }
    return new RedisAddress(text.contains("://") ? fromUrl(option, text) : fromList(option, text));
  }

  private static RedisURI fromUrl(String option, String text) {
    String scheme = text.substring(0, text.indexOf("://")).toLowerCase(Locale.ROOT);
    if (!scheme.equals("redis") && !scheme.equals("rediss")) {
      throw invalid(option, "scheme '" + scheme + "' is neither redis nor rediss");
    }
    RedisURI uri;
    try {
      URI checked = URI.create(text);
      if (checked.getHost() == null) {
        throw invalid(option, "it names no host");
      }
      uri = RedisURI.create(checked);
    } catch (IllegalArgumentException e) {
      if (e.getMessage() != null && e.getMessage().startsWith(option)) {
        throw e;
      }
      // The cause is left out on purpose: its message repeats the URL with the password.
      throw invalid(option, "it cannot be read as a URL");
    }
    return uri;
  }

  private static RedisURI fromList(String option, String text) {
    String[] parts = text.split(",", -1);
    var where = HOST_AND_PORT.matcher(parts[0].strip());
    if (!where.matches()) {
      throw invalid(option, "it does not begin with a host or host:port");
    }
    int port = where.group("port") == null ? DEFAULT_PORT : Integer.parseInt(where.group("port"));
    if (port < 1 || port > 65535) {
      throw invalid(option, "port " + port + " is not between 1 and 65535");
    }
    RedisURI.Builder uri = RedisURI.Builder.redis(where.group("host"), port);
    String user = "";
    String password = "";
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String name = (equals < 0 ? parts[i] : parts[i].substring(0, equals)).strip();
      String setting = equals < 0 ? "" : parts[i].substring(equals + 1).strip();
      switch (name.toLowerCase(Locale.ROOT)) {
        case "password" -> password = setting;
        case "user" -> user = setting;
        case "ssl" -> uri.withSsl(setting.equalsIgnoreCase("true"));
        case "defaultdatabase" -> uri.withDatabase(database(option, setting));
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
    return uri.build();
  }

  private static int database(String option, String setting) {
    try {
      return Integer.parseUnsignedInt(setting);
    } catch (NumberFormatException e) {
      throw invalid(option, "defaultDatabase '" + setting + "' is not a number");
    }
  }

  private static IllegalArgumentException invalid(String option, String why) {
    return new IllegalArgumentException(
        option
            + " is not the address of a Redis: "
            + why
            + ". Write redis://[user:password@]host:port, or rediss:// for TLS.");
  }

  /** Whether the address carries a password (or a user name, which it cannot without one). */
  public boolean hasCredentials() {
    if (uri.getCredentialsProvider() instanceof StaticCredentialsProvider fixed) {
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
    RedisURI copy = RedisURI.builder(uri).build();
    copy.setCredentialsProvider(new StaticCredentialsProvider(user, password.clone()));
    return new RedisAddress(copy);
  }

  /** A copy of the address for Lettuce, with the connect timeout set. */
  public RedisURI toUri(Duration timeout) {
    RedisURI copy = RedisURI.builder(uri).build();
    copy.setTimeout(timeout);
    return copy;
  }

  /** Whether connections are encrypted and the server proves who it is. */
  public boolean isTls() {
    return uri.isSsl();
  }

  /** The host, without port. */
  public String host() {
    return uri.getHost();
  }

  /** The port. */
  public int port() {
    return uri.getPort();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RedisAddress that && uri.equals(that.uri);
  }

  @Override
  public int hashCode() {
    return uri.hashCode();
  }

  /** The address without user and password. */
  @Override
  public String toString() {
    return shown;
  }
}
