package io.sharedredis.testkit;

import java.net.URI;

/** The server that {@code REDIS_URL} names: used, never controlled. */
final class SharedHost implements RedisHost {

  private final String url;

  SharedHost(String url) {
    this.url = url;
    URI parsed = URI.create(url);
    if (parsed.getHost() == null || !url.startsWith("redis")) {
      throw new IllegalStateException(
          "REDIS_URL is not a Redis URL such as redis://host:6379; unset it or mend it");
    }
    // Only plain connections are probed here; TLS is left to the client under test.
    if ("redis".equals(parsed.getScheme())) {
      int port = parsed.getPort() < 0 ? 6379 : parsed.getPort();
      RespProbe.awaitListening(parsed.getHost(), port, START_DEADLINE);
    }
  }

  @Override
  public String url() {
    return url;
  }

  @Override
  public boolean controlled() {
    return false;
  }

  @Override
  public void startAgain(boolean empty) {
    throw refusal("started");
  }

  @Override
  public void stop() {
    throw refusal("stopped");
  }

  @Override
  public void kill() {
    throw refusal("killed");
  }

  @Override
  public void pause() {
    throw refusal("paused");
  }

  @Override
  public void resume() {
    throw refusal("resumed");
  }

  @Override
  public void close() {}

  private static UnsupportedOperationException refusal(String what) {
    return new UnsupportedOperationException(
        "the Redis server of REDIS_URL is shared and cannot be "
            + what
            + "; a test that needs this starts its own with RedisServer.startOwn()");
  }
}
