package io.sharedredis.hub.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An encoding of {@link HubMessage}s. Implementations are stateless and safe for use by many
 * threads.
 *
 * <p>Formats: the SignalR hub protocols {@code json} and {@code messagepack}.
 */
public interface HubProtocol {

  /** Highest handshake version this server speaks; version 2 adds Ack and Sequence. */
  int VERSION = 2;

  /** Name in the handshake, lower case. */
  String name();

  /** Whether the encoding needs a transport that carries bytes rather than text. */
  boolean binary();

  /**
   * The message with its frame, ready for a connection. The array is the caller's.
   *
   * @throws PayloadException when a value cannot be written
   */
  byte[] write(HubMessage message);

  /**
   * Takes the content of the next whole frame from {@code input}, or returns null and leaves the
   * position alone when it has not all arrived.
   *
   * @param maxBytes largest frame accepted, its separator or prefix included
   * @throws ProtocolException when the frame is, or must become, larger, or the prefix is malformed
   */
  byte @Nullable [] nextFrame(ByteBuffer input, int maxBytes);

  /**
   * Reads the content of one frame. Null when its type is unknown: such messages are skipped.
   *
   * @throws ProtocolException when it is malformed
   */
  @Nullable HubMessage read(byte[] frame);
}
