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
    if (!bytes.hasRemaining()) {
      bytes = ByteBuffer.wrap(more);
      return;
    }
    // A message that trickles in is not copied for each of its bytes: room grows by half.
    if (bytes.capacity() - bytes.limit() < more.length || bytes.array() == more) {
      int needed = bytes.remaining() + more.length;
      byte[] grown = new byte[needed + needed / 2];
      int length = bytes.remaining();
      bytes.get(grown, 0, length);
      bytes = ByteBuffer.wrap(grown, 0, length);
    }
    int end = bytes.limit();
    System.arraycopy(more, 0, bytes.array(), end, more.length);
    bytes.limit(end + more.length);
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
