package io.sharedredis.hub.protocol;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to any number of connections: serialized at most once per protocol, the
 * bytes shared by all of them.
 *
 * <p>Made either from a message, or from bytes that another replica serialized (then a protocol
 * that the other replica did not speak has no bytes). Safe for use by many threads; the arrays are
 * never changed.
 */
public final class SerializedHubMessage {
  private final @Nullable HubMessage message;
  private final Map<String, byte[]> byProtocol;

  private SerializedHubMessage(@Nullable HubMessage message, Map<String, byte[]> byProtocol) {
    this.message = message;
    this.byProtocol = byProtocol;
  }

  /** A message that is serialized when a protocol is first asked for. */
  public static SerializedHubMessage of(HubMessage message) {
    return new SerializedHubMessage(message, new ConcurrentHashMap<>(4));
  }

  /**
   * A message that is already serialized.
   *
   * @param framed whole frames by protocol name; not copied
   */
  public static SerializedHubMessage ofBytes(Map<String, byte[]> framed) {
    return new SerializedHubMessage(null, framed);
  }

  /**
   * The frame for {@code protocol}, or null when the message came without one for it.
   *
   * @throws PayloadException when a value cannot be written
   */
  public byte @Nullable [] bytes(HubProtocol protocol) {
    byte[] known = byProtocol.get(protocol.name());
    if (known != null || message == null) {
      return known;
    }
    byte[] written = protocol.write(message);
    byte[] raced = byProtocol.putIfAbsent(protocol.name(), written);
    return raced == null ? written : raced;
  }

  /**
   * Whether stateful reconnect counts it; what arrives as bytes is always an invocation, so it
   * counts.
   */
  public boolean numbered() {
    return message == null || message.numbered();
  }
}
