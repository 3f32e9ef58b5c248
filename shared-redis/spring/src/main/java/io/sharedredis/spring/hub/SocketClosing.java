package io.sharedredis.spring.hub;

import io.sharedredis.netty.WebSocketException;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.exception.CloseException;
import org.jspecify.annotations.Nullable;

/**
 * Closes a socket and says when its close frame is out, which Jakarta's API does not: in Tomcat
 * that is when closing returns, while Jetty tells it later, and to those only who ask Jetty itself.
 */
final class SocketClosing {
  private static final boolean JETTY = present();

  private SocketClosing() {}

  private static boolean present() {
    try {
      Class.forName(
          "org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSession",
          false,
          SocketClosing.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /**
   * Writes the close frame; may block, in Tomcat, for as long as the peer does not read.
   *
   * @return completes when the frame is written, or never will be
   */
  static CompletionStage<@Nullable Void> close(Session session, CloseReason reason)
      throws IOException {
    if (JETTY && Jetty.has(session)) {
      return Jetty.close(session, reason);
    }
    session.close(reason);
    return CompletableFuture.completedFuture(null);
  }

  /** Whether {@link #drop} can end the session; Tomcat gives up closing by itself. */
  static boolean canDrop(Session session) {
    return JETTY && Jetty.has(session);
  }

  /** Ends the session's connection at once, without a close frame. */
  static void drop(Session session) {
    if (canDrop(session)) {
      Jetty.drop(session);
    }
  }

  /** What the application is told of a peer that broke the rules; null when it did not. */
  static @Nullable WebSocketException broken(int code, String reason) {
    return code == WebSocketException.PROTOCOL_ERROR || code == WebSocketException.INVALID_TEXT
        ? new WebSocketException(code, reason)
        : null;
  }

  /** As the other, from what Jetty tells before it tells that the socket is closed. */
  static @Nullable WebSocketException broken(Throwable failure) {
    return JETTY ? Jetty.broken(failure) : null;
  }

  /** Loaded with Jetty only. */
  private static final class Jetty {
    static boolean has(Session session) {
      return session instanceof JakartaWebSocketSession;
    }

    static CompletionStage<@Nullable Void> close(Session session, CloseReason reason) {
      Callback.Completable done = new Callback.Completable();
      ((JakartaWebSocketSession) session)
          .getCoreSession()
          .close(reason.getCloseCode().getCode(), reason.getReasonPhrase(), done);
      return done;
    }

    static void drop(Session session) {
      ((JakartaWebSocketSession) session).getCoreSession().abort();
    }

    static @Nullable WebSocketException broken(Throwable failure) {
      if (failure instanceof CloseException closing) {
        return SocketClosing.broken(closing.getStatusCode(), String.valueOf(closing.getMessage()));
      }
      // Of text that is no UTF-8 Jetty tells the cause alone.
      return failure instanceof CharacterCodingException
          ? new WebSocketException(
              WebSocketException.INVALID_TEXT, String.valueOf(failure.getMessage()))
          : null;
    }
  }
}
