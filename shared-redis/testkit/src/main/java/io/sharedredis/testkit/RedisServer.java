package io.sharedredis.testkit;

import io.lettuce.core.RedisURI;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server for a test.
 *
 * <p>Found in this order: the shared server that the environment variable {@code REDIS_URL} names
 * ({@link #start()} only), a {@code redis-server} on the {@code PATH}, a container where Docker
 * answers, the binary embedded in the class path. Where none can be had the test fails; it is never
 * skipped.
 *
 * <p>An own server listens on the loopback interface, keeps its data in a temporary directory and
 * never outlives the JVM. Calls on one server come from one thread at a time.
 */
public final class RedisServer implements AutoCloseable {

  private final RedisHost host;

  private RedisServer(RedisHost host) {
    this.host = host;
  }

  /**
   * The server of {@code REDIS_URL} where set (shared: see {@link #controlled()}), else an own one.
   */
  public static RedisServer start() {
    String shared = System.getenv("REDIS_URL");
    return shared == null || shared.isBlank()
        ? startOwn()
        : new RedisServer(new SharedHost(shared.strip()));
  }

  /** An own server with these options, whatever {@code REDIS_URL} says. */
  public static RedisServer start(RedisOptions options) {
    return new RedisServer(own(options));
  }

  /** An own server that may be killed and stalled, whatever {@code REDIS_URL} says. */
  public static RedisServer startOwn() {
    return start(RedisOptions.defaults());
  }

  /** An own server as a process of this machine, where others have to reach it by its address. */
  static RedisServer process(RedisOptions options) {
    return new RedisServer(new ProcessHost(binary(), options));
  }

  /** The installed {@code redis-server}, else the embedded one. */
  static Path binary() {
    Path installed = onPath(System.getenv("PATH"));
    return installed == null ? embedded() : installed;
  }

  /** {@code redis://[:password@]host:port}. */
  public String url() {
    return host.url();
  }

  /** {@link #url()} as Lettuce takes it. */
  public RedisURI uri() {
    return RedisURI.create(host.url());
  }

  /** Whether this test owns the server, so that it may be stopped, killed and paused. */
  public boolean controlled() {
    return host.controlled();
  }

  /** Saves the data and ends the server in order. */
  public void stop() {
    host.stop();
  }

  /** Ends the server with SIGKILL: only what is in the append-only file survives. */
  public void kill() {
    host.kill();
  }

  /** Stalls the server (SIGSTOP): connections stay open, nothing is answered. */
  public void pause() {
    host.pause();
  }

  /** Lets a stalled server go on. */
  public void resume() {
    host.resume();
  }

  /** Starts a stopped or killed server on the same port with the data that it left on disk. */
  public void startAgain() {
    host.startAgain(false);
  }

  /** Starts a stopped or killed server on the same port without any data. */
  public void startAgainEmpty() {
    host.startAgain(true);
  }

  /** Stops in order and starts on the same port; the data stays. */
  public void restart() {
    stop();
    startAgain();
  }

  /** Kills the server and starts it on the same port without any data. */
  public void restartEmpty() {
    kill();
    startAgainEmpty();
  }

  /** Ends an own server and removes its data; leaves a shared one alone. */
  @Override
  public void close() {
    host.close();
  }

  @Override
  public String toString() {
    return "RedisServer[" + host.getClass().getSimpleName() + "]";
  }

  private static RedisHost own(RedisOptions options) {
    Path installed = onPath(System.getenv("PATH"));
    if (installed != null) {
      return new ProcessHost(installed, options);
    }
    if (ContainerHost.available()) {
      return new ContainerHost(options);
    }
    return new ProcessHost(embedded(), options);
  }

  static @Nullable Path onPath(@Nullable String path) {
    if (path == null) {
      return null;
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      for (String name : List.of("redis-server", "redis-server.exe")) {
        Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
        if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
          return candidate;
        }
      }
    }
    return null;
  }

  static Path embedded() {
    try {
      return ExecutableProvider.newJarResourceProvider().get().toPath();
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException(
          "no Redis for this test: REDIS_URL is not set, no redis-server is on the PATH, no Docker"
              + " engine answers, and the embedded binary does not run on this system ("
              + e.getMessage()
              + "); install Redis or set REDIS_URL",
          e);
    }
  }
}
