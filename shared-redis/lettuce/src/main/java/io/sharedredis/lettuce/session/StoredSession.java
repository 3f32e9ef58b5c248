package io.sharedredis.lettuce.session;

import io.sharedredis.dataprotection.DataProtectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session as one command read it. Values stay sealed until they are asked for. Immutable. */
public final class StoredSession {

  /** As an application gives it, a negative number of seconds. */
  private static final Duration NEVER = Duration.ofSeconds(-1);

  private final String internal;
  private final SessionFields fields;
  private final SessionSeal seal;
  private final Map<String, byte[]> sealed;
  private final boolean former;

  StoredSession(String internal, SessionFields fields, SessionSeal seal, @Nullable Long seenUpTo) {
    this.internal = internal;
    this.fields = fields;
    this.seal = seal;
    this.former = seenUpTo != null;
    this.sealed = fields.attributes(seenUpTo);
  }

  /** What names the session in Redis and to people; stays when the public id changes. */
  public String internal() {
    return internal;
  }

  /** Whether it was read under a former id, which sees what was there before the id changed. */
  public boolean former() {
    return former;
  }

  /** Counts the writes. */
  public long generation() {
    return fields.number("g").orElse(0L);
  }

  /** When it was created. */
  public Instant created() {
    return Instant.ofEpochMilli(fields.number("c").orElse(0L));
  }

  /** The last use that was written, up to a touch interval before the real one. */
  public Instant lastAccess() {
    return Instant.ofEpochMilli(fields.number("a").orElse(0L));
  }

  /** Nobody used it for so long: then it is gone. Zero or negative for never. */
  public Duration timeout() {
    if (fields.isNegative("t")) {
      return NEVER;
    }
    return Duration.ofMillis(fields.number("t").orElse(0L));
  }

  /** Names of the attributes. */
  public Set<String> names() {
    return sealed.keySet();
  }

  /**
   * Opens an attribute.
   *
   * @return empty if there is none
   * @throws DataProtectionException if it cannot be opened: moved here, damaged, of another key
   */
  public Optional<byte[]> attribute(String name) {
    byte[] value = sealed.get(name);
    return value == null
        ? Optional.empty()
        : Optional.of(seal.openAttribute(internal, name, value));
  }

  /** Where and how it is used, as {@link SessionWrite#details()} gave it. */
  public Optional<byte[]> details() {
    return fields
        .bytes("d")
        .filter(value -> value.length > 0)
        .map(value -> seal.openDetails(internal, value));
  }

  /**
   * The present public id, a secret of the session's owner.
   *
   * @throws DataProtectionException if it cannot be opened
   */
  public SessionId id() {
    return seal.openId(internal, fields.bytes("i").orElse(new byte[0]));
  }

  /** Bytes that were read. */
  public int size() {
    return fields.size();
  }
}
