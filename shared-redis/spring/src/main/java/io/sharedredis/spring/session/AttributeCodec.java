package io.sharedredis.spring.session;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.lettuce.session.StoredSession;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.serializer.SerializationException;

/**
 * Attributes as JSON with the allow-list. One that cannot be opened or read counts as absent: the
 * session lives, nobody sees an error. Thread-safe.
 */
final class AttributeCodec {

  private static final Logger log = LoggerFactory.getLogger(AttributeCodec.class);

  /** Types that are warned of: an application has few, and each is told once. */
  private static final int WARNINGS = 100;

  /** Spring Security's attribute, which nearly every request asks for. */
  private static final String SIGN_IN = "SPRING_SECURITY_CONTEXT";

  private final SessionJson json;
  private final RecentSignIns signIns = new RecentSignIns(InstantSource.system());
  private final Set<Class<?>> warned = ConcurrentHashMap.newKeySet();
  private final LongAdder dropped = new LongAdder();

  AttributeCodec(SessionJson json) {
    this.json = json;
  }

  /**
   * @throws SessionAttributeException if a value of this type could not be read again
   */
  void check(String name, Object value) {
    if (!SessionJson.mayBeLeftOut(value) && json.refuses(value)) {
      write(name, value);
    }
  }

  /**
   * The value, or null for one that cannot be kept and that nobody misses.
   *
   * @throws SessionAttributeException if there is something in it that could not be read again
   */
  byte @Nullable [] write(String name, Object value) {
    try {
      return json.write(value);
    } catch (SerializationException e) {
      if (SessionJson.mayBeLeftOut(value)) {
        if (value instanceof Throwable
            && warned.size() < WARNINGS
            && warned.add(value.getClass())) {
          log.warn("Session attribute {} is not kept: {}", name, e.getMessage());
        }
        return null;
      }
      throw new SessionAttributeException(name, e.getMessage(), e);
    }
  }

  /**
   * Null if there is no such attribute, or none that can be read.
   *
   * @throws SessionsUnavailableException if the key ring could not be read, so that nobody knows
   */
  @Nullable Object read(StoredSession session, String name) {
    byte[] bytes;
    try {
      bytes = session.attribute(name).orElse(null);
    } catch (DataProtectionException e) {
      throwIfRingUnavailable(e);
      dropped.increment();
      log.debug("Attribute {} of session {} does not open", name, session.internal(), e);
      return null;
    }
    if (bytes == null) {
      return null;
    }
    boolean signIn = name.equals(SIGN_IN);
    Object known = signIn ? signIns.find(session.internal(), bytes) : null;
    if (known != null) {
      return known;
    }
    Object value = json.deserialize(bytes);
    if (value == null) {
      dropped.increment();
    } else if (signIn) {
      signIns.add(session.internal(), bytes, value);
    }
    return value;
  }

  /** Nobody knows then whether the value can be opened. */
  static void throwIfRingUnavailable(DataProtectionException e) {
    if (e instanceof StoreUnavailableException
        || e.getCause() instanceof StoreUnavailableException) {
      throw new SessionsUnavailableException("the key ring could not be read", e);
    }
  }

  long dropped() {
    return dropped.sum();
  }
}
