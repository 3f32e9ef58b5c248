package io.sharedredis.lettuce.session;

import io.sharedredis.dataprotection.DataProtectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** A session as one command read it. Values stay sealed until they are asked for. Immutable. */
public final class StoredSession {

  /** As an application gives it, a negative number of seconds. */
  private static final Duration NEVER = Duration.ofSeconds(-1);

  private final String internal;
  private final SessionFields fields;
  private final SessionSeal seal;

  StoredSession(String internal, SessionFields fields, SessionSeal seal) {
    this.internal = internal;
    this.fields = fields;
    this.seal = seal;
  }

  /** What names the session in Redis and to people; stays when the public id changes. */
  public String internal() {
    return internal;
  }

  /** Whether it was read under a former id, which sees what was there before the id changed. */
  public boolean former() {
    return fields.former();
  }

  /** Counts the writes. */
  public long generation() {
    return fields.generation();
  }

  /** When it was created. */
  public Instant created() {
    return Instant.ofEpochMilli(fields.created());
  }

  /** The last use that was written, up to a touch interval before the real one. */
  public Instant lastAccess() {
    return Instant.ofEpochMilli(fields.access());
  }

  /** Nobody used it for so long: then it is gone. Zero or negative for never. */
  public Duration timeout() {
    return fields.timeout() < 0 ? NEVER : Duration.ofMillis(fields.timeout());
  }

  /** Names of the attributes. */
  public Set<String> names() {
    return fields.names();
  }

  /**
   * Opens an attribute.
   *
   * @return empty if there is none; not to be changed, others may be given the same
   * @throws DataProtectionException if it cannot be opened: moved here, damaged, of another key
   */
  public Optional<byte[]> attribute(String name) {
    byte[] stored = fields.attribute(name);
    return stored == null
        ? Optional.empty()
        : Optional.of(seal.openAttribute(internal, name, stored, SessionFields.sealedAt(stored)));
  }

  /** Where and how it is used, as {@link SessionWrite#details()} gave it. */
  public Optional<byte[]> details() {
    byte[] details = fields.details();
    return details.length == 0
        ? Optional.empty()
        : Optional.of(seal.openDetails(internal, details));
  }

  /**
   * The present public id, a secret of the session's owner.
   *
   * @throws DataProtectionException if it cannot be opened
   */
  public SessionId id() {
    return seal.openId(internal, fields.id());
  }

  /** Bytes that were read. */
  public int size() {
    return fields.size();
  }
}
