package io.sharedredis.spring.hub;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.util.Callback;
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
  }
}
