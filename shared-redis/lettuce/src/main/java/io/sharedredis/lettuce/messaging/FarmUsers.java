package io.sharedredis.lettuce.messaging;

import io.sharedredis.lettuce.messaging.UserNews.Alive;
import io.sharedredis.lettuce.messaging.UserNews.Ask;
import io.sharedredis.lettuce.messaging.UserNews.Gone;
import io.sharedredis.lettuce.messaging.UserNews.Sessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that users have at other replicas, and the telling of one's own: at once after a
 * change, gathered for a moment, and otherwise a sign of life. A replica that stops says so; one
 * that dies is forgotten when its signs stay away. Thread-safe.
 */
public final class FarmUsers {

  /** Changes are gathered for so long: a page that subscribes five times is told of once. */
  private static final Duration GATHERING = Duration.ofMillis(50);

  /**
   * Each so many sessions add a millisecond to that: with ten thousand, telling all of them, a few
   * hundred kilobytes, happens once a second at most.
   */
  private static final int SESSIONS_PER_MILLISECOND = 10;

  /** Signs of life in the time after which a replica counts as dead; one or two may be lost. */
  private static final int SIGNS_PER_EXPIRY = 3;

  private final MessagingBus bus;
  private final ScheduledExecutorService timers;
  private final Duration expiry;
  private final int partBytes;
  private final RemoteSessions remote;
  private final AtomicBoolean telling = new AtomicBoolean();
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicLong number = new AtomicLong();
  private volatile Supplier<List<ConnectedSession>> local = List::of;
  private volatile int lastCount;
  private volatile @Nullable ScheduledFuture<?> signs;

  FarmUsers(
      MessagingBus bus,
      MessagingOptions options,
      ScheduledExecutorService timers,
      LongSupplier nanos) {
    this.bus = bus;
    this.timers = timers;
    this.expiry = options.usersExpireAfter();
    this.partBytes = options.maxMessageBytes() - 64;
    this.remote = new RemoteSessions(expiry.toNanos(), nanos);
  }

  /**
   * Begins to listen and to tell.
   *
   * @param sessions of this replica, asked for on a timer's thread
   */
  public void begin(Supplier<List<ConnectedSession>> sessions) {
    local = sessions;
    bus.listenForUsers(this::heard);
    long interval = expiry.toMillis() / SIGNS_PER_EXPIRY;
    signs = timers.scheduleWithFixedDelay(this::sign, interval, interval, TimeUnit.MILLISECONDS);
    tell(new Ask(0));
    changed();
  }

  /** Tells the others that this replica's users are gone; hears nothing until it begins again. */
  public void end() {
    ScheduledFuture<?> begun = signs;
    if (begun != null) {
      signs = null;
      begun.cancel(false);
      bus.listenForNoUsers();
      tell(new Gone());
    }
  }

  /** Something changed in what {@link #begin}'s supplier gives. */
  public void changed() {
    if (signs != null && telling.compareAndSet(false, true)) {
      later(GATHERING.toMillis() + lastCount / SESSIONS_PER_MILLISECOND, this::tellAll);
    }
  }

  /** Sessions of a user at other replicas. */
  public List<ConnectedSession> sessionsOf(String user) {
    return remote.of(user);
  }

  /** Names of users with a session at another replica, each once. */
  public List<String> users() {
    return remote.users();
  }

  /** All sessions of users at other replicas. */
  public List<ConnectedSession> sessions() {
    return remote.all();
  }

  private void sign() {
    remote.purge();
    if (!telling.get()) {
      tell(new Alive(number.get()));
    }
  }

  private void tellAll() {
    telling.set(false);
    if (signs == null) {
      return;
    }
    List<List<ConnectedSession>> parts = parts(local.get());
    long current = number.incrementAndGet();
    for (int part = 0; part < parts.size(); part++) {
      tell(new Sessions(current, part, parts.size(), parts.get(part)));
    }
  }

  private List<List<ConnectedSession>> parts(List<ConnectedSession> sessions) {
    lastCount = sessions.size();
    List<List<ConnectedSession>> parts = new ArrayList<>();
    List<ConnectedSession> part = new ArrayList<>();
    int size = 0;
    for (ConnectedSession session : sessions) {
      ConnectedSession fitting = fitting(session);
      int bytes = UserNewsCodec.size(fitting);
      if (size + bytes > partBytes && !part.isEmpty()) {
        parts.add(part);
        part = new ArrayList<>();
        size = 0;
      }
      part.add(fitting);
      size += bytes;
    }
    parts.add(part);
    return parts.subList(0, Math.min(parts.size(), UserNewsCodec.MOST_PARTS));
  }

  /** A client may subscribe a million times: its session is told of without them. */
  private ConnectedSession fitting(ConnectedSession session) {
    return UserNewsCodec.size(session) <= partBytes
        ? session
        : new ConnectedSession(session.user(), session.id(), List.of());
  }

  private void heard(byte[] payload) {
    UserNewsCodec.Told told = UserNewsCodec.decode(payload);
    long publisher = told.publisher();
    UserNews news = told.news();
    if (news instanceof Alive alive) {
      askUnless(remote.alive(publisher, alive.number()), publisher);
    } else if (news instanceof Sessions sessions) {
      askUnless(remote.told(publisher, sessions), publisher);
    } else if (news instanceof Gone) {
      remote.gone(publisher);
    } else if (news instanceof Ask ask && (ask.of() == 0 || bus.isPublisher(ask.of()))) {
      changed();
    }
  }

  /** Asks at most once in the time in which changes are gathered. */
  private void askUnless(boolean known, long publisher) {
    if (!known && asking.compareAndSet(false, true)) {
      tell(new Ask(publisher));
      later(GATHERING.toMillis(), () -> asking.set(false));
    }
  }

  private void tell(UserNews news) {
    bus.tellUsers(news);
  }

  private void later(long millis, Runnable task) {
    try {
      var unused = timers.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The process ends, and with it its users.
      signs = null;
    }
  }
}
