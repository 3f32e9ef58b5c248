package io.sharedredis.lettuce.session;

import java.time.Duration;

/**
 * How sessions are kept. Immutable; begin with {@link #of(String)}.
 *
 * @param application whose sessions these are; applications do not share sessions
 * @param touchInterval longest time for which a use of a session is not written; default 3 min, a
 *     tenth of the usual timeout. A session lives up to this much longer than its timeout, but not
 *     more than a tenth of it
 * @param formerIdFor how long a former id answers after an id change; default 10 s: as long as the
 *     requests of one page take
 * @param maxAttributeBytes of one attribute before it is sealed; default 1 MiB
 * @param maxAttributes of one session; default 1000
 * @param limit sessions of one user
 */
public record SessionStoreOptions(
    String application,
    Duration touchInterval,
    Duration formerIdFor,
    int maxAttributeBytes,
    int maxAttributes,
    SessionLimit limit) {

  /** Checks that every value can be used. */
  public SessionStoreOptions {
    SessionNames unused = new SessionNames(application);
    if (touchInterval.isNegative()) {
      throw new IllegalArgumentException(
          "touchInterval must not be negative, but is " + touchInterval);
    }
    if (formerIdFor.isNegative() || formerIdFor.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException(
          "formerIdFor must be between 0 and one minute, but is " + formerIdFor);
    }
    if (maxAttributeBytes < 1 || maxAttributes < 1) {
      throw new IllegalArgumentException(
          "maxAttributeBytes and maxAttributes must be 1 or more, but are "
              + maxAttributeBytes
              + " and "
              + maxAttributes);
    }
  }

  /** The defaults named above. */
  public static SessionStoreOptions of(String application) {
    return new SessionStoreOptions(
        application,
        Duration.ofMinutes(3),
        Duration.ofSeconds(10),
        1 << 20,
        1000,
        SessionLimit.NONE);
  }

  public SessionStoreOptions withTouchInterval(Duration interval) {
    return new SessionStoreOptions(
        application, interval, formerIdFor, maxAttributeBytes, maxAttributes, limit);
  }

  public SessionStoreOptions withFormerIdFor(Duration time) {
    return new SessionStoreOptions(
        application, touchInterval, time, maxAttributeBytes, maxAttributes, limit);
  }

  public SessionStoreOptions withAttributeLimits(int bytes, int number) {
    return new SessionStoreOptions(application, touchInterval, formerIdFor, bytes, number, limit);
  }

  public SessionStoreOptions withLimit(SessionLimit newLimit) {
    return new SessionStoreOptions(
        application, touchInterval, formerIdFor, maxAttributeBytes, maxAttributes, newLimit);
  }
}
