package io.sharedredis.spring.session;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.aspnet.session.SessionData;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session of ASP.NET Core: named bytes, with text and numbers as the extension methods {@code
 * SetString} and {@code SetInt32} of .NET write them. Thread-safe.
 *
 * <p>It is read whole and written whole, as .NET does: of two requests that change it at the same
 * time the last writer's values stay, all of them. What both sides must not lose belongs elsewhere.
 */
public final class DotnetSession {

  private static final Logger log = LoggerFactory.getLogger(DotnetSession.class);

  /** Of a name in UTF-8; .NET's limit. */
  private static final int NAME_BYTES = 0xffff;

  private final UUID id;
  private final Map<String, byte[]> values;
  private final Runnable beforeChange;
  private boolean changed;

  private DotnetSession(UUID id, Map<String, byte[]> values, Runnable beforeChange) {
    this.id = id;
    this.values = new LinkedHashMap<>(values);
    this.beforeChange = beforeChange;
  }

  /**
   * What was stored; bytes that are none of .NET's are a session without values, as in .NET.
   *
   * @param newId of a session that is not there yet
   * @param beforeChange run before the first change; may refuse it
   */
  static DotnetSession of(Optional<byte[]> stored, UUID newId, Runnable beforeChange) {
    if (stored.isPresent()) {
      try {
        SessionData data = SessionData.read(stored.get());
        return new DotnetSession(data.id(), data.values(), beforeChange);
      } catch (DataProtectionException e) {
        log.warn("A stored .NET session counts as empty: {}", e.getMessage());
      }
    }
    return new DotnetSession(newId, Map.of(), beforeChange);
  }

  /** {@code ISession.Id}: names the session to people, not in Redis. */
  public UUID id() {
    return id;
  }

  /** Names of the values. */
  public synchronized Set<String> names() {
    return Set.copyOf(values.keySet());
  }

  /** A copy of a value's bytes. */
  public synchronized Optional<byte[]> get(String name) {
    return Optional.ofNullable(values.get(name)).map(byte[]::clone);
  }

  /** A value that .NET's {@code SetString} wrote; what is not UTF-8 is replaced, as in .NET. */
  public Optional<String> getString(String name) {
    return get(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** A value that .NET's {@code SetInt32} wrote; empty if it is shorter than a number. */
  public Optional<Integer> getInt32(String name) {
    return get(name)
        .filter(bytes -> bytes.length >= Integer.BYTES)
        .map(bytes -> ByteBuffer.wrap(bytes).getInt());
  }

  /**
   * Sets a value.
   *
   * @throws SessionAttributeException if the name takes more than 65,535 bytes in UTF-8
   * @throws IllegalStateException if there is no session yet and the response has begun
   */
  public void set(String name, byte[] value) {
    if (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES) {
      throw new SessionAttributeException(
          name.substring(0, 100) + "...", "the name is longer than 65,535 bytes in UTF-8", null);
    }
    beforeChange.run();
    synchronized (this) {
      values.put(name, value.clone());
      changed = true;
    }
  }

  /** {@link #set} of text as UTF-8. */
  public void setString(String name, String value) {
    set(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /** {@link #set} of a number as four bytes, the highest first. */
  public void setInt32(String name, int value) {
    set(name, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
  }

  /** Removes a value. */
  public synchronized void remove(String name) {
    changed |= values.remove(name) != null;
  }

  /** Removes every value. */
  public synchronized void clear() {
    changed |= !values.isEmpty();
    values.clear();
  }

  /** What has to be written; empty if nothing changed since it was last asked for. */
  synchronized Optional<byte[]> take() {
    if (!changed) {
      return Optional.empty();
    }
    changed = false;
    return Optional.of(new SessionData(id, values).write());
  }

  /** What was taken could not be written. */
  synchronized void notWritten() {
    changed = true;
  }
}
