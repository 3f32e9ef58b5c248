package io.sharedredis.spring.session;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.lettuce.session.StoredSession;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attributes as JSON with the allow-list. One that cannot be opened or read counts as absent: the
 * session lives, nobody sees an error. Thread-safe.
 */
final class AttributeCodec {

  private static final Logger log = LoggerFactory.getLogger(AttributeCodec.class);

  private final SessionJson json;
  private final LongAdder dropped = new LongAdder();

  AttributeCodec(SessionJson json) {
    this.json = json;
  }

  byte[] write(Object value) {
    return json.serialize(value);
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
    Object value = json.deserialize(bytes);
    if (value == null) {
      dropped.increment();
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
