package io.sharedredis.playground.farm;

import java.net.URI;

/** What {@code --redis} may say. */
final class RedisAddress {

  private static final int DEFAULT_PORT = 6379;

  private RedisAddress() {}

  /** Fails when nothing that speaks Redis answers; TLS addresses are left to the apps to judge. */
  static void requireAnswer(String url) {
    URI uri = parse(url);
    if (uri.getScheme().equals("rediss")) {
      return;
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    if (!RedisProcess.answersPing(uri.getHost(), port)) {
      throw new FarmException(
          "no Redis answers at " + uri.getHost() + ":" + port + ", which --redis names");
    }
  }

  static String withoutPassword(String url) {
    URI uri = parse(url);
    return uri.getRawUserInfo() == null ? url : url.replace(uri.getRawUserInfo() + "@", "***@");
  }

  // The text may hold a password, so the message does not repeat it.
  private static URI parse(String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null
          && ("redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new FarmException("--redis wants redis://host:port or rediss://host:port");
    }
    throw new FarmException("--redis wants redis://host:port or rediss://host:port");
  }
}
