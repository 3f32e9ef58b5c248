package io.sharedredis.cli;

import io.lettuce.core.RedisException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.session.EndReason;
import io.sharedredis.lettuce.session.EndedSessions;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionPage;
import io.sharedredis.lettuce.session.SessionStoreOptions;
import io.sharedredis.lettuce.session.StoredSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The session store of an application, as the commands on sessions need it. */
final class RedisSessions implements AutoCloseable {

  /**
   * The replicas' touch interval is not known here: the longest there can be, so that no session
   * counts as expired that lives for them.
   */
  private static final Duration ANY_TOUCH = Duration.ofDays(365);

  private final RedisNetwork network;
  private final RedisLink<byte[], byte[]> link;
  private final DataProtection copy;
  private final RedisSessionStore store;
  private final boolean opens;

  private RedisSessions(
      RedisNetwork network,
      RedisLink<byte[], byte[]> link,
      DataProtection copy,
      RedisSessionStore store,
      boolean opens) {
    this.network = network;
    this.link = link;
    this.copy = copy;
    this.store = store;
    this.opens = opens;
  }

  static RedisSessions open(SessionsOptions options, Surroundings io) {
    options.check();
    SessionStoreOptions keeping;
    try {
      keeping = SessionStoreOptions.of(options.app).withTouchInterval(ANY_TOUCH);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--app: " + e.getMessage(), e);
    }
    RedisRing.Server server =
        RedisRing.server(Objects.requireNonNull(options.redis), options.login, io);
    RedisAddress address = server.address();
    DataProtection copy = ring(options, io);
    RedisNetwork network = new RedisNetwork(RedisRing.DEADLINES);
    RedisLink<byte[], byte[]> link = null;
    try {
      RedisRing.checkConnection(network, address, server.withPassword());
      link = new RedisLink<>(network, "sessions", address, ByteArrayCodec.INSTANCE);
      RedisRing.await(link.firstConnected(), address);
      RedisSessionStore store = new RedisSessionStore(link, keeping, copy, io.random());
      return new RedisSessions(network, link, copy, store, options.namesRing());
    } catch (RuntimeException e) {
      close(link, network, copy);
      throw e;
    }
  }

  /** A copy of the ring; without one a ring that opens nothing. */
  private static DataProtection ring(SessionsOptions options, Surroundings io) {
    RingOptions ring = options.ring();
    if (!options.namesRing()) {
      return new Ring(Ring.inMemory(List.of()), List::of, io, () -> {})
          .copy(ring.forCopy(io).build());
    }
    try (Ring opened = ring.open(io, Missing.IS_WRONG)) {
      return opened.copy(PurposeOptions.named(ring.forCopy(io), options.app).build());
    }
  }

  long count() {
    return ask(store::count);
  }

  Page list(String user, int from, int count) {
    SessionPage page = ask(() -> store.list(user, from, count));
    return new Page(page.total(), page.sessions().stream().map(this::view).toList());
  }

  /** Whether there was such a session, of this user where one is named. */
  boolean end(String internal, @Nullable String user) {
    return ask(
        () ->
            user == null
                ? store.endByInternal(internal, EndReason.REVOKED).isPresent()
                : store.endOf(user, internal, EndReason.REVOKED).isPresent());
  }

  /** Internal ids of the sessions that were ended. */
  List<String> endAll(String user) {
    List<String> ended = new ArrayList<>();
    EndedSessions batch;
    do {
      batch = ask(() -> store.endAll(user, "", EndReason.REVOKED));
      ended.addAll(batch.internals());
    } while (batch.more());
    return ended;
  }

  private SessionView view(StoredSession session) {
    return new SessionView(
        session.internal(),
        session.created(),
        session.lastAccess(),
        session.timeout(),
        session.names().stream().sorted().toList(),
        session.size(),
        opens ? place(session) : null);
  }

  private static SessionView.@Nullable Place place(StoredSession session) {
    try {
      return session.details().map(SessionView.Place::of).orElse(null);
    } catch (DataProtectionException e) {
      return null;
    }
  }

  private static <T> T ask(Supplier<T> question) {
    try {
      return question.get();
    } catch (RedisUnavailableException | RedisException e) {
      throw new FailedException("Redis did not do it: " + Reasons.of(e), e);
    }
  }

  private static void close(
      @Nullable RedisLink<byte[], byte[]> link, RedisNetwork network, DataProtection copy) {
    if (link != null) {
      link.close();
    }
    network.close();
    copy.close();
  }

  @Override
  public void close() {
    close(link, network, copy);
  }

  /**
   * Sessions of one user.
   *
   * @param total of all their sessions
   */
  record Page(long total, List<SessionView> sessions) {}
}
