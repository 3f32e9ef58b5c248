package io.sharedredis.spring.hub;

import io.lettuce.core.RedisException;
import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.hub.ClaimAnswer;
import io.sharedredis.lettuce.hub.ClaimStore.Right;
import io.sharedredis.lettuce.hub.ClaimedConnection;
import io.sharedredis.spring.hub.ConnectionTokens.Grant;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that were claimed here by their token, until they have ended, and the way to
 * those claimed elsewhere. Requests of one connection find each other here. Thread-safe.
 *
 * <p>In a farm the first request that carries a token claims the connection for its replica, by one
 * atomic command in Redis. While Redis is away the replica that accepts a token becomes the owner
 * and records that later.
 */
public final class Claims {
  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

  /** Longest wait for another request of this replica that asks Redis for the same token. */
  private static final long ASKING_SECONDS = 2;

  /** How long an owner is believed without asking; a connection that is open stays where it is. */
  private static final long KNOWN_NANOS = TimeUnit.SECONDS.toNanos(60);

  /**
   * How long Redis is asked again for a connection whose client may be coming back to it: that
   * client has no other try. A second where the token is fresh, and it may as well be a new one,
   * which this replica accepts alone while Redis is away.
   */
  private static final long RETURNING_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final long NEW_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Requests that may wait so at once; the others take the first answer. They are far fewer than a
   * server's threads, of which pages need some while Redis is away, too.
   */
  private static final int WAIT_AT_MOST = 32;

  /** Before Redis is asked again: 50 ms. */
  private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Owners remembered at most; the others are asked for each time. */
  private static final int MOST_KNOWN = 50_000;

  private final Semaphore waiting = new Semaphore(WAIT_AT_MOST);
  private final ConnectionTokens tokens;
  private final LocalConnectionTokens oldTokens;
  private final @Nullable FarmClaims farm;
  private final long idleNanos;
  private final LongSupplier nanoTime;
  private final Map<String, Claim> byToken = new ConcurrentHashMap<>();
  private final Map<ClaimedConnection, Claim> byConnection = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Found>> asking = new ConcurrentHashMap<>();
  private final Map<String, Known> elsewhere = new ConcurrentHashMap<>();

  /** An owner that need not be asked for again for a while. */
  private record Known(Found.There there, boolean polled, long until) {}

  /**
   * @param oldTokens those of negotiate version 0 that this replica has handed out
   * @param farm what the other replicas know; null when there are none
   * @param idle a connection nobody asks for so long has ended; 15 s in ASP.NET Core
   */
  public Claims(
      ConnectionTokens tokens,
      LocalConnectionTokens oldTokens,
      @Nullable FarmClaims farm,
      Duration idle,
      LongSupplier nanoTime) {
    this.tokens = tokens;
    this.oldTokens = oldTokens;
    this.farm = farm;
    this.idleNanos = idle.toNanos();
    this.nanoTime = nanoTime;
  }

  /**
   * A connection that may be opened here.
   *
   * @param stateful whether the client may come back to it
   */
  private record Mine(ClaimedConnection connection, boolean stateful) {}

  // An id that is its own token says nothing of it; the handshake's version decides then.
  private static boolean stateful(@Nullable Grant grant) {
    return grant == null || grant.stateful();
  }

  /** A token of negotiate version 1. */
  String issue(String hubPath, String connectionId, boolean stateful) {
    return tokens.issue(hubPath, connectionId, stateful);
  }

  /** Whether the token is one of those whose clients may come back. */
  boolean mayReturn(String hubPath, String token) {
    return stateful(tokens.read(hubPath, token));
  }

  /** Makes the id itself the token, for clients that know nothing else (negotiate version 0). */
  void reserve(String hubPath, String connectionId) {
    oldTokens.reserve(hubPath, connectionId, connectionId, true);
    if (farm == null) {
      return;
    }
    try {
      farm.store().reserve(connectionId, hubPath);
    } catch (RedisUnavailableException | RedisException e) {
      LOG.debug("Connection {} can be opened at this replica only", connectionId, e);
    }
  }

  /**
   * Where the connection is that the token names; a connection that is nobody's becomes this
   * replica's. Waits no longer than Redis may take, and only for a token it does not know.
   *
   * @param opens whether the request would open a connection, and so may while Redis is away
   */
  Found find(String hubPath, String token, boolean opens) {
    Claim known = byToken.get(token);
    if (known != null && known.idleSince(nanoTime.getAsLong()) > idleNanos) {
      // Its time is over, though the clock has not come round to it yet.
      known.expire();
      return new Found.Nowhere();
    }
    if (known != null) {
      return known.hubPath().equals(hubPath) ? new Found.Here(known) : new Found.Nowhere();
    }
    if (farm == null) {
      Mine mine = redeem(hubPath, token);
      return mine == null ? new Found.Nowhere() : here(mine, token);
    }
    Known owned = elsewhere.get(token);
    if (owned != null && owned.until() - nanoTime.getAsLong() > 0) {
      return owned.there().connection().hubPath().equals(hubPath)
          ? owned.there()
          : new Found.Nowhere();
    }
    // Two requests that come at once share the answer: only one of them makes the claim.
    CompletableFuture<Found> own = new CompletableFuture<>();
    CompletableFuture<Found> first = asking.putIfAbsent(token, own);
    if (first != null) {
      return first.completeOnTimeout(new Found.Unknown(), ASKING_SECONDS, TimeUnit.SECONDS).join();
    }
    Found found = new Found.Unknown();
    try {
      known = byToken.get(token);
      found = known == null ? ask(farm, hubPath, token, opens) : new Found.Here(known);
      return found;
    } finally {
      asking.remove(token);
      own.complete(found);
    }
  }

  private Found ask(FarmClaims farm, String hubPath, String token, boolean opens) {
    Grant grant = tokens.read(hubPath, token);
    if (grant == null && !ConnectionIds.isId(token)) {
      return new Found.Nowhere();
    }
    ClaimedConnection wanted =
        grant == null
            ? new ClaimedConnection(token, 0, hubPath)
            : new ClaimedConnection(grant.connectionId(), 1, hubPath);
    Right right =
        grant == null ? Right.RESERVATION : grant.fresh() ? Right.FRESH_TOKEN : Right.NONE;
    ClaimAnswer answer;
    long patience =
        !opens || grant == null || !grant.stateful()
            ? 0
            : right == Right.NONE ? RETURNING_NANOS : NEW_NANOS;
    try {
      answer = patiently(patience, () -> farm.store().claim(wanted, right));
    } catch (RedisUnavailableException | RedisException e) {
      LOG.debug("Redis does not say whose connection {} is", wanted.connectionId(), e);
      return opens ? acceptAlone(farm, hubPath, token) : new Found.Unknown();
    }
    if (answer instanceof ClaimAnswer.Elsewhere elsewhere) {
      return new Found.There(elsewhere.server(), wanted);
    }
    if (answer instanceof ClaimAnswer.Made) {
      // Also used up here, should Redis forget it.
      Mine unused = redeem(hubPath, token);
      return made(farm, wanted, grant, token);
    }
    // It is this replica's already where Redis has done what it did not say in time: a token that
    // was used before was for a connection that has ended here.
    boolean unsaid = answer instanceof ClaimAnswer.Own && right == Right.FRESH_TOKEN;
    return unsaid && patience > 0 && redeem(hubPath, token) != null
        ? made(farm, wanted, grant, token)
        : new Found.Nowhere();
  }

  private Found made(
      FarmClaims farm, ClaimedConnection wanted, @Nullable Grant grant, String token) {
    farm.keeper().made(wanted);
    return here(new Mine(wanted, stateful(grant)), token);
  }

  private <T> T patiently(long nanos, Supplier<T> asking) {
    long until = nanoTime.getAsLong() + nanos;
    boolean waits = nanos > 0 && waiting.tryAcquire();
    try {
      while (true) {
        try {
          return asking.get();
        } catch (RedisUnavailableException | RedisException e) {
          if (!waits || until - nanoTime.getAsLong() <= 0) {
            throw e;
          }
          LockSupport.parkNanos(ASK_AGAIN_NANOS);
        }
      }
    } finally {
      if (waits) {
        waiting.release();
      }
    }
  }

  private Found acceptAlone(FarmClaims farm, String hubPath, String token) {
    Mine mine = redeem(hubPath, token);
    if (mine == null) {
      return new Found.Unknown();
    }
    farm.keeper().accepted(mine.connection());
    return here(mine, token);
  }

  private @Nullable Mine redeem(String hubPath, String token) {
    Grant grant = tokens.redeem(hubPath, token);
    if (grant != null) {
      return new Mine(new ClaimedConnection(grant.connectionId(), 1, hubPath), grant.stateful());
    }
    grant = oldTokens.redeem(hubPath, token);
    return grant == null
        ? null
        : new Mine(new ClaimedConnection(grant.connectionId(), 0, hubPath), grant.stateful());
  }

  private Found.Here here(Mine mine, String token) {
    Claim claim = new Claim(mine.connection(), mine.stateful(), nanoTime.getAsLong(), this, token);
    byToken.put(token, claim);
    byConnection.put(mine.connection(), claim);
    return new Found.Here(claim);
  }

  /**
   * Remembers the owner, so that Redis need not be asked each time.
   *
   * @param polled whether the owner has said that the connection is open there for polling
   */
  void remember(String token, Found.There there, boolean polled) {
    Known known = elsewhere.get(token);
    if (known == null ? elsewhere.size() < MOST_KNOWN : polled && !known.polled()) {
      elsewhere.put(token, new Known(there, polled, nanoTime.getAsLong() + KNOWN_NANOS));
    }
  }

  /** Whether the connection is known to be open elsewhere for polling. */
  boolean polledElsewhere(String token) {
    Known known = elsewhere.get(token);
    return known != null && known.polled();
  }

  /** The owner does not know the connection any more, or is gone. */
  void forget(String token) {
    elsewhere.remove(token);
  }

  /** The connection of this replica, for a request that another one relays. */
  @Nullable Claim claimed(ClaimedConnection connection) {
    return byConnection.get(connection);
  }

  /**
   * Makes a connection this replica's that another one has given up.
   *
   * @param posted what its client has sent there
   */
  Found adopt(String token, Found.There there, byte[] posted) {
    if (farm == null) {
      return new Found.Nowhere();
    }
    try {
      boolean taken =
          patiently(
              RETURNING_NANOS, () -> farm.store().takeOver(there.connection(), there.owner()));
      if (!taken) {
        return new Found.Nowhere();
      }
    } catch (RedisUnavailableException | RedisException e) {
      LOG.debug("Connection {} could not be taken over", there.connection().connectionId(), e);
      return new Found.Unknown();
    }
    farm.keeper().made(there.connection());
    Grant grant = tokens.read(there.connection().hubPath(), token);
    Found.Here here = here(new Mine(there.connection(), stateful(grant)), token);
    boolean unused = here.claim().keepEarly(posted);
    return here;
  }

  /** The connection is another replica's now. */
  void giveUp(Claim claim) {
    byToken.remove(claim.token(), claim);
    byConnection.remove(claim.connection(), claim);
    if (farm != null) {
      farm.keeper().gaveUp(claim.connection());
    }
  }

  void remove(Claim claim) {
    byConnection.remove(claim.connection(), claim);
    if (byToken.remove(claim.token(), claim) && farm != null) {
      farm.keeper().ended(claim.connection());
    }
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /** Ends what nobody asks for any more; called once a second. */
  public void scan() {
    long now = nanoTime.getAsLong();
    for (Claim claim : byToken.values()) {
      if (claim.idleSince(now) > idleNanos) {
        claim.expire();
      } else {
        claim.tick(now);
      }
    }
    elsewhere.values().removeIf(known -> known.until() - now <= 0);
    if (farm != null) {
      farm.keeper().tick();
    }
  }
}
