package io.sharedredis.spring.hub;

import jakarta.websocket.Session;
import org.apache.tomcat.websocket.WsSession;
import org.jspecify.annotations.Nullable;

/**
 * Stops and resumes reading from one socket, which Jakarta's API does not know and Tomcat does.
 * Elsewhere a busy connection reads on and its buffer ends at the container's own limits.
 * Thread-safe.
 */
final class TomcatReading {
  private static final boolean TOMCAT = present();

  private boolean paused;
  private boolean held;

  private static boolean present() {
    try {
      Class.forName(
          "org.apache.tomcat.websocket.WsSession", false, TomcatReading.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  synchronized void pause(@Nullable Session session) {
    if (TOMCAT && session != null && !paused && !held && session.isOpen()) {
      paused = true;
      Tomcat.suspend(session);
    }
  }

  synchronized void resume(@Nullable Session session) {
    if (TOMCAT && session != null && paused && !held && session.isOpen()) {
      paused = false;
      Tomcat.resume(session);
    }
  }

  /** Reads nothing, whatever is wished, until {@link #release}. */
  synchronized void hold(Session session) {
    if (TOMCAT && !held) {
      held = true;
      if (!paused) {
        Tomcat.suspend(session);
      }
    }
  }

  /** Reads on, also from a session that is closed and awaits the peer's close frame. */
  synchronized void release(Session session) {
    if (TOMCAT && held) {
      held = false;
      paused = false;
      Tomcat.resume(session);
    }
  }

  /** Loaded with Tomcat only. */
  private static final class Tomcat {
    static void suspend(Session session) {
      if (session instanceof WsSession socket) {
        socket.suspend();
      }
    }

    static void resume(Session session) {
      if (session instanceof WsSession socket) {
        socket.resume();
      }
    }
  }
}
