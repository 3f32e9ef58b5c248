package io.sharedredis.hub.server;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubCalls;
import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.ReliableGap.Audience;
import io.sharedredis.hub.server.HubActivator.Activation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a hub about reliable messages that were missed for good, as if somebody had called it: one
 * report after the other, so that a lost history, which every channel reports, does not fill the
 * executor. Thread-safe.
 */
final class GapReports implements Consumer<ReliableGap> {
  private static final Logger LOG = LoggerFactory.getLogger(GapReports.class);

  /**
   * Reports that wait for the application; more are told in one, for all, since whoever is told of
   * so many is best served by loading everything anew.
   */
  static final int WAITING = 1_000;

  private final HubServer server;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<ReliableGap> waiting = new ArrayDeque<>();
  private @Nullable ReliableGap overflow;
  private boolean telling;

  GapReports(HubServer server) {
    this.server = server;
  }

  @Override
  public void accept(ReliableGap gap) {
    lock.lock();
    try {
      if (waiting.size() < WAITING) {
        waiting.add(gap);
      } else {
        overflow = new ReliableGap(Audience.ALL, "", -1, gap.reason());
      }
    } finally {
      lock.unlock();
    }
    begin();
  }

  private void begin() {
    lock.lock();
    try {
      if (telling) {
        return;
      }
      telling = true;
    } finally {
      lock.unlock();
    }
    try {
      server.runtime().executor().execute(this::tellAll);
    } catch (RejectedExecutionException e) {
      LOG.debug(
          "{} is told of gaps later, or never as the process ends", server.definition().name());
      lock.lock();
      try {
        telling = false;
      } finally {
        lock.unlock();
      }
    }
  }

  private void tellAll() {
    for (ReliableGap next = next(); next != null; next = next()) {
      tell(next);
    }
  }

  private @Nullable ReliableGap next() {
    lock.lock();
    try {
      ReliableGap next = waiting.poll();
      if (next == null) {
        next = overflow;
        overflow = null;
      }
      telling = next != null;
      return next;
    } finally {
      lock.unlock();
    }
  }

  // Whatever the application does with it, others are told all the same.
  private void tell(ReliableGap gap) {
    try {
      Activation activation = server.definition().activator().activate();
      CallGroups groups = new CallGroups(server.lifetime());
      try {
        attach(activation.hub(), groups);
        HubCalls.gap(activation.hub(), gap);
      } finally {
        activation.release();
      }
    } catch (Exception | LinkageError | AssertionError failure) {
      LOG.warn("onGap of {} failed for {}", server.definition().name(), gap.reason(), failure);
    }
  }

  /** Nobody called: the caller is nobody and others are all. */
  @SuppressWarnings("unchecked")
  private void attach(Hub<?> hub, CallGroups groups) {
    HubCalls.attach(
        (Hub<Object>) hub,
        null,
        new CallerClients<>(
            server.route(),
            (ClientInterface<Object>) server.clientView(),
            server.definition().options().clientResultTimeout(),
            "",
            () -> {}),
        groups);
  }
}
