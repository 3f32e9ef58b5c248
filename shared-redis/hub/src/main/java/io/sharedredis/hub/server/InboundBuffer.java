package io.sharedredis.hub.server;

import java.nio.ByteBuffer;

/**
 * Bytes received and not yet parsed. Holds no memory while empty. Used inside the connection's loop
 * only.
 */
final class InboundBuffer {
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private ByteBuffer bytes = EMPTY;

  void append(byte[] more) {
    append(more, more.length);
  }

  /** Takes the first {@code length} bytes of an array that becomes the buffer's. */
  void append(byte[] more, int length) {
    if (!bytes.hasRemaining()) {
      bytes = ByteBuffer.wrap(more, 0, length);
      return;
    }
    // A message that trickles in is not copied for each of its bytes: room grows by half.
    if (bytes.capacity() - bytes.limit() < length || bytes.array() == more) {
      int needed = bytes.remaining() + length;
      byte[] grown = new byte[needed + needed / 2];
      int kept = bytes.remaining();
      bytes.get(grown, 0, kept);
      bytes = ByteBuffer.wrap(grown, 0, kept);
    }
    int end = bytes.limit();
    bytes.limit(end + length);
    System.arraycopy(more, 0, bytes.array(), end, length);
  }

  /** The bytes, for parsers that advance the position past what they take. */
  ByteBuffer view() {
    return bytes;
  }

  void releaseIfEmpty() {
    if (!bytes.hasRemaining()) {
      bytes = EMPTY;
    }
  }

  int size() {
    return bytes.remaining();
  }

  void clear() {
    bytes = EMPTY;
  }
}
