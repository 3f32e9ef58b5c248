package io.sharedredis.lettuce.relay;

import org.jspecify.annotations.Nullable;

/** What a relayed request wants of the connection. */
public enum RelayKind {
  /** To know whether its own transport may open it, be it WebSockets … */
  OPEN_WEB_SOCKETS(1),
  /** … an event stream … */
  OPEN_EVENTS(2),
  /** … or polling. */
  OPEN_POLLING(3),
  /** What there is for the client, as soon as there is something. */
  POLL(4),
  /** To hand over what the client sends. */
  POST(5),
  /** To end it. */
  DELETE(6),
  /** To have what a connection takes along that moves to the asker. */
  TAKE(7);

  private final int number;

  RelayKind(int number) {
    this.number = number;
  }

  /** The number in messages, which never changes. */
  int number() {
    return number;
  }

  static @Nullable RelayKind of(int number) {
    for (RelayKind kind : values()) {
      if (kind.number == number) {
        return kind;
      }
    }
    return null;
  }
}
