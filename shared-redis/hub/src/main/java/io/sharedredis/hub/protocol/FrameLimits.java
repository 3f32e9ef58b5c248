package io.sharedredis.hub.protocol;

/** The one text for a message over the limit. */
final class FrameLimits {
  private FrameLimits() {}

  static ProtocolException exceeded(int maxBytes) {
    return new ProtocolException(
        "The maximum message size of "
            + maxBytes
            + "B was exceeded. The message size can be configured in AddHubOptions.");
  }
}
