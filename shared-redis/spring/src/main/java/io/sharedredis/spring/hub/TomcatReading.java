package io.sharedredis.spring.hub;

import jakarta.websocket.Session;
import org.apache.tomcat.websocket.WsSession;
import org.jspecify.annotations.Nullable;

/**
 * Stops and resumes reading from a socket, which Jakarta's API does not know and Tomcat does.
 * Elsewhere a busy connection reads on and its buffer ends at the container's own limits.
 */
final class TomcatReading {
  private static final boolean TOMCAT = present();

  private TomcatReading() {}

  private static boolean present() {
    try {
      Class.forName(
          "org.apache.tomcat.websocket.WsSession", false, TomcatReading.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  static void pause(@Nullable Session session) {
    if (TOMCAT && session != null) {
      Tomcat.pause(session);
    }
  }

  static void resume(@Nullable Session session) {
    if (TOMCAT && session != null) {
      Tomcat.resume(session);
    }
  }

  /** Loaded with Tomcat only. */
  private static final class Tomcat {
    static void pause(Session session) {
      if (session instanceof WsSession socket && socket.isOpen()) {
        socket.suspend();
      }
    }

    static void resume(Session session) {
      if (session instanceof WsSession socket && socket.isOpen()) {
        socket.resume();
      }
    }
  }
}
