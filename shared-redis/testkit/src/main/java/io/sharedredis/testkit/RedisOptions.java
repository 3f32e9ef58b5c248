package io.sharedredis.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a test's own Redis server is started. Immutable; begin with {@link #defaults()}.
 *
 * @param password required of clients, or {@code null} for none
 * @param appendOnly whether every write is in the append-only file before it is answered, so that
 *     it survives {@link RedisServer#kill()}
 * @param port the TCP port, 0 for any that is free
 * @param arguments further {@code redis-server} arguments, such as {@code --maxmemory}, {@code
 *     64mb}
 */
public record RedisOptions(
    @Nullable String password, boolean appendOnly, int port, List<String> arguments) {

  public RedisOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be between 0 and 65535, but is " + port);
    }
    if (password != null && password.isEmpty()) {
      throw new IllegalArgumentException("password must not be empty; leave it out for none");
    }
    arguments = List.copyOf(arguments);
  }

  /** No password, nothing on disk, any free port. */
  public static RedisOptions defaults() {
    return new RedisOptions(null, false, 0, List.of());
  }

  public RedisOptions withPassword(String newPassword) {
    return new RedisOptions(newPassword, appendOnly, port, arguments);
  }

  public RedisOptions withAppendOnly() {
    return new RedisOptions(password, true, port, arguments);
  }

  public RedisOptions withPort(int newPort) {
    return new RedisOptions(password, appendOnly, newPort, arguments);
  }

  public RedisOptions withArguments(String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new RedisOptions(password, appendOnly, port, all);
  }

  /** The command line after the executable; the password is the caller's to hide. */
  List<String> commandLine(int actualPort) {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("--port", Integer.toString(actualPort), "--save", ""));
    line.addAll(List.of("--appendonly", appendOnly ? "yes" : "no", "--appendfsync", "always"));
    if (password != null) {
      line.addAll(List.of("--requirepass", password));
    }
    line.addAll(arguments);
    return line;
  }

  @Override
  public String toString() {
    return "RedisOptions[port="
        + port
        + ", appendOnly="
        + appendOnly
        + ", password="
        + (password == null ? "none" : "set")
        + ", arguments="
        + arguments
        + "]";
  }
}
