package io.sharedredis.lettuce.messaging;

import io.sharedredis.lettuce.messaging.UserNews.Alive;
import io.sharedredis.lettuce.messaging.UserNews.Ask;
import io.sharedredis.lettuce.messaging.UserNews.Gone;
import io.sharedredis.lettuce.messaging.UserNews.Sessions;
import java.time.Duration;
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
   * Each so many bytes of the last telling add a millisecond to that: everything is told again with
   * each change, and whatever clients subscribe to, a replica tells a megabyte a second at most.
   * Ten thousand sessions with a subscription each are some 600 kB.
   */
  static final int BYTES_PER_MILLISECOND = 1024;

  /** Signs of life in the time after which a replica counts as dead; one or two may be lost. */
  private static final int SIGNS_PER_EXPIRY = 3;

  private final MessagingBus bus;
  private final ScheduledExecutorService timers;
  private final Duration expiry;
  private final UserTelling telling;
  private final RemoteSessions remote;
  private final AtomicBoolean due = new AtomicBoolean();
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicLong number = new AtomicLong();
  private volatile Supplier<List<ConnectedSession>> local = List::of;

  /** The last number under which everything was told. */
  private volatile long told;

  private volatile long toldBytes;
  private volatile @Nullable ScheduledFuture<?> signs;

  FarmUsers(
      MessagingBus bus,
      MessagingOptions options,
      ScheduledExecutorService timers,
      LongSupplier nanos) {
    this.bus = bus;
    this.timers = timers;
    this.expiry = options.usersExpireAfter();
    this.telling = new UserTelling(options.maxMessageBytes() - 64);
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
    if (signs != null && due.compareAndSet(false, true)) {
      later(pauseMillis(), this::tellAll);
    }
  }

  /** How long changes are gathered now. */
  long pauseMillis() {
    return GATHERING.toMillis() + toldBytes / BYTES_PER_MILLISECOND;
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
    // Also while a telling is due: it may be so far away that the replica would count as dead.
    if (told > 0) {
      tell(new Alive(told));
    }
  }

  private void tellAll() {
    due.set(false);
    if (signs == null) {
      return;
    }
    List<List<ConnectedSession>> parts = telling.parts(local.get());
    long current = number.incrementAndGet();
    long bytes = 0;
    for (int part = 0; part < parts.size(); part++) {
      bytes += tell(new Sessions(current, part, parts.size(), parts.get(part)));
    }
    toldBytes = bytes;
    told = current;
  }

  private void heard(byte[] payload) {
    UserNewsCodec.Told told = UserNewsCodec.decode(payload);
    long publisher = told.publisher();
    UserNews news = told.news();
    if (news instanceof Alive alive) {
      askUnless(remote.alive(publisher, alive.number()), publisher);
    } else if (news instanceof Sessions sessions) {
      hear(publisher, sessions);
    } else if (news instanceof Gone) {
      remote.gone(publisher);
    } else if (news instanceof Ask ask && (ask.of() == 0 || bus.isPublisher(ask.of()))) {
      changed();
    }
  }

  private void hear(long publisher, Sessions sessions) {
    boolean refused = remote.refuses(publisher);
    askUnless(remote.told(publisher, sessions), publisher);
    if (!refused && remote.refuses(publisher)) {
      throw new UnreadableException(
          "With those of other replicas its sessions are more than may be remembered.");
    }
  }

  /** Asks at most once in the time in which changes are gathered. */
  private void askUnless(boolean known, long publisher) {
    if (!known && asking.compareAndSet(false, true)) {
      tell(new Ask(publisher));
      later(GATHERING.toMillis(), () -> asking.set(false));
    }
  }

  private int tell(UserNews news) {
    return bus.tellUsers(news);
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
