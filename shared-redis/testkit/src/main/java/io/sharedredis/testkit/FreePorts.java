package io.sharedredis.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * TCP ports for servers that a test starts later. They lie below those that the system gives to
 * outgoing connections (from 32,768 on Linux), since any of these may be taken in the seconds until
 * the server listens. Thread-safe.
 */
public final class FreePorts {

  /** Inclusive; above what services usually listen on. */
  private static final int LOWEST = 15_000;

  /** Exclusive: where Linux begins with the ports of outgoing connections. */
  private static final int BEYOND = 32_768;

  private static final int ATTEMPTS = 200;

  private FreePorts() {}

  /** A port that was free a moment ago; a server that takes it fails if it no longer is. */
  public static int one() {
    return firstOf(1);
  }

  /**
   * The first of so many neighbouring ports that were free a moment ago.
   *
   * @throws IllegalStateException if none were found
   */
  public static int firstOf(int count) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND - count);
      if (areFree(port, count)) {
        return port;
      }
    }
    throw new IllegalStateException(
        "no " + count + " neighbouring TCP ports are free between " + LOWEST + " and " + BEYOND);
  }

  /**
   * A port that was free a moment ago, as was the one {@code distance} above it; both below those
   * of outgoing connections.
   */
  static int withCompanion(int distance) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND - distance);
      if (areFree(port, 1) && areFree(port + distance, 1)) {
        return port;
      }
    }
    throw new IllegalStateException("no two TCP ports " + distance + " apart are free");
  }

  private static boolean areFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      try (ServerSocket probe = new ServerSocket()) {
        probe.setReuseAddress(false);
        probe.bind(new InetSocketAddress(port));
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}
