package io.sharedredis.spring.hub;

import jakarta.websocket.Session;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.tomcat.websocket.WsSession;
import org.jspecify.annotations.Nullable;

/**
 * Stops and resumes reading from one socket. Jakarta's API does not know that. Tomcat does it when
 * told to; any other container reads on when the message before is done with, so the thread that
 * brought it has to wait. Thread-safe.
 */
final class SocketReading {
  private static final boolean TOMCAT = present();

  private final Semaphore threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean paused;
  private boolean held;
  private boolean over;

  /**
   * @param threads how many more threads may wait, of all sockets together
   */
  SocketReading(Semaphore threads) {
    this.threads = threads;
  }

  private static boolean present() {
    try {
      Class.forName(
          "org.apache.tomcat.websocket.WsSession", false, SocketReading.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Whether the session is one of Tomcat's. */
  static boolean ofTomcat(@Nullable Session session) {
    return TOMCAT && Tomcat.has(session);
  }

  void pause(@Nullable Session session) {
    lock.lock();
    try {
      if (session != null && !paused && !held && session.isOpen()) {
        paused = true;
        suspend(session);
      }
    } finally {
      lock.unlock();
    }
  }

  void resume(@Nullable Session session) {
    lock.lock();
    try {
      if (session != null && paused && !held && session.isOpen()) {
        paused = false;
        goOn(session);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Reads nothing, whatever is wished, until {@link #release}. */
  void hold(Session session) {
    lock.lock();
    try {
      if (!held) {
        held = true;
        changed.signalAll();
        if (!paused) {
          suspend(session);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Reads on, also from a session that is closed and awaits the peer's close frame. */
  void release(Session session) {
    lock.lock();
    try {
      if (held) {
        held = false;
        paused = false;
        goOn(session);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nobody waits for this socket any more. */
  void end() {
    lock.lock();
    try {
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits, outside Tomcat, while reading is paused.
   *
   * @return false when too many threads wait already
   */
  boolean awaitRoom(@Nullable Session session) {
    return await(session, this::waits, Long.MAX_VALUE);
  }

  /** Waits, outside Tomcat, until nothing is held any more, unless too many threads wait. */
  void awaitRelease(@Nullable Session session, long millis) {
    boolean unused = await(session, () -> held, TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private boolean await(@Nullable Session session, BooleanSupplier busy, long nanos) {
    lock.lock();
    try {
      if (!busy.getAsBoolean() || ofTomcat(session)) {
        return true;
      }
      if (!threads.tryAcquire()) {
        return false;
      }
      try {
        long left = nanos;
        while (busy.getAsBoolean() && left > 0) {
          left = changed.awaitNanos(left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        threads.release();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean waits() {
    return paused && !held && !over;
  }

  private void suspend(Session session) {
    if (ofTomcat(session)) {
      Tomcat.suspend(session);
    }
  }

  private void goOn(Session session) {
    changed.signalAll();
    if (ofTomcat(session)) {
      Tomcat.resume(session);
    }
  }

  /** Loaded with Tomcat only. */
  private static final class Tomcat {
    static boolean has(@Nullable Session session) {
      return session instanceof WsSession;
    }

    static void suspend(Session session) {
      ((WsSession) session).suspend();
    }

    static void resume(Session session) {
      ((WsSession) session).resume();
    }
  }
}
