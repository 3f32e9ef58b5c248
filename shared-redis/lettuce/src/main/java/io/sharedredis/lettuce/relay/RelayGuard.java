package io.sharedredis.lettuce.relay;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what replicas of this farm say from what others publish, and from what is repeated.
 *
 * <p>Each side of a conversation draws a key and gives it to the other as a <em>pass</em>, sealed
 * by the farm's key ring for both names and the conversation's number. Numbers of one replica's
 * conversations only grow, and so do those of its messages in each: what is repeated has a number
 * that was there. Numbers are remembered for longer than passes count. Thread-safe.
 */
final class RelayGuard {
  private static final Logger log = LoggerFactory.getLogger(RelayGuard.class);

  /** Age of a pass, or by how much clocks may differ: 5 min; no replica's is that wrong. */
  private static final long FRESH_MILLIS = Duration.ofMinutes(5).toMillis();

  /** Numbers are remembered for twice that: a pass may come from the future. */
  private static final long REMEMBERED_MILLIS = 2 * FRESH_MILLIS;

  /** Largest step between two conversations' numbers, so that nobody can guess them. */
  private static final long LARGEST_STEP = 1L << 30;

  /** A key, and when its pass was made. */
  private static final int PASS_BYTES = Long.BYTES + RelayKey.BYTES;

  private record Begun(long session, long atMillis) {}

  private final RelaySeal seal;
  private final String self;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final AtomicLong sessions;
  private final Map<String, Begun> begun = new ConcurrentHashMap<>();
  private final Map<RelayRefusal, LongAdder> refused = new EnumMap<>(RelayRefusal.class);

  /**
   * @param self this process's name, fresh at each start
   */
  RelayGuard(RelaySeal seal, String self, InstantSource clock, RandomGenerator random) {
    this.seal = seal;
    this.self = self;
    this.clock = clock;
    this.random = random;
    this.sessions = new AtomicLong(random.nextLong(1, Long.MAX_VALUE / 2));
    for (RelayRefusal why : RelayRefusal.values()) {
      refused.put(why, new LongAdder());
    }
  }

  RelayKey newKey() {
    return RelayKey.drawn(random);
  }

  /** Higher than all before. */
  long newSession() {
    return sessions.addAndGet(random.nextLong(1, LARGEST_STEP));
  }

  /** What gives the key to the receiver, and to nobody else. May block. */
  byte[] pass(String to, long session, RelayKey key) {
    ByteBuffer plain = ByteBuffer.allocate(PASS_BYTES);
    plain.putLong(clock.millis()).put(key.bytes());
    return seal.seal(self, to, session, plain.array());
  }

  /** The key in a pass; null, and counted, when it is none, or an old one. May block. */
  @Nullable RelayKey open(String from, long session, byte[] pass) {
    byte[] plain;
    try {
      plain = seal.open(from, self, session, pass);
    } catch (IllegalStateException e) {
      refuse(RelayRefusal.UNREADABLE);
      return null;
    }
    if (plain == null || plain.length != PASS_BYTES) {
      refuse(RelayRefusal.FORGED);
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(plain);
    if (Math.abs(clock.millis() - in.getLong()) > FRESH_MILLIS) {
      refuse(RelayRefusal.LATE);
      return null;
    }
    byte[] key = new byte[RelayKey.BYTES];
    in.get(key);
    return new RelayKey(key);
  }

  /** Whether a conversation can begin; false, and counted, for one that had begun. */
  boolean mayBegin(String from, long session) {
    Begun before = begun.get(from);
    if (before != null && session <= before.session()) {
      refuse(RelayRefusal.REPEATED);
      return false;
    }
    return true;
  }

  /** Takes note of a conversation that begins. */
  void begins(String from, long session) {
    begun.put(from, new Begun(session, clock.millis()));
  }

  /** Forgets conversations that began too long ago to be begun again. */
  void forgetOld() {
    long now = clock.millis();
    begun.values().removeIf(one -> now - one.atMillis() > REMEMBERED_MILLIS);
  }

  void refuse(RelayRefusal why) {
    LongAdder count = refused.get(why);
    if (count != null) {
      boolean first = count.sum() == 0;
      count.increment();
      if (first) {
        log.warn(
            "A message on the relay channel of {} is ignored: {}; further ones are only counted",
            self,
            why.words());
      }
    }
  }

  long refused(RelayRefusal why) {
    LongAdder count = refused.get(why);
    return count == null ? 0 : count.sum();
  }
}
