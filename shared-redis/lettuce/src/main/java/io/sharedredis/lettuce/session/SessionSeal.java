package io.sharedredis.lettuce.session;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Seals what a session holds under purposes that name application, session and place: a value that
 * was moved to another session, attribute or application does not open. Thread-safe.
 */
final class SessionSeal {

  /**
   * Places whose protectors are kept, a power of two: a protector is worth keeping for the page of
   * a user that is looked at now, and takes some 3 KB.
   */
  private static final int KEPT = 1024;

  private final DataProtector sessions;

  /** By the hash of the place; another place of the same hash replaces it. */
  private final AtomicReferenceArray<@Nullable Kept> kept = new AtomicReferenceArray<>(KEPT);

  SessionSeal(DataProtectionProvider protection, String application) {
    this.sessions = protection.protector("SharedRedis.Session", "v1", application);
  }

  byte[] sealAttribute(String internal, String name, byte[] value) {
    return attribute(internal, name).protect(value);
  }

  /**
   * @throws DataProtectionException if the value was not sealed for this place
   */
  byte[] openAttribute(String internal, String name, byte[] sealed) {
    return attribute(internal, name).unprotect(sealed);
  }

  private DataProtector attribute(String internal, String name) {
    int slot = 31 * internal.hashCode() + name.hashCode();
    slot = (slot ^ slot >>> 16) & KEPT - 1;
    Kept found = kept.get(slot);
    if (found == null || !found.internal().equals(internal) || !found.name().equals(name)) {
      found = new Kept(internal, name, sessions.protector(internal, "attribute", name));
      kept.set(slot, found);
    }
    return found.protector();
  }

  byte[] sealId(SessionId id) {
    return sessions
        .protector(id.internal(), "id")
        .protect(id.text().getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * @throws DataProtectionException if it is not the sealed id of this session
   */
  SessionId openId(String internal, byte[] sealed) {
    String text =
        new String(sessions.protector(internal, "id").unprotect(sealed), StandardCharsets.US_ASCII);
    return SessionId.parse(text)
        .filter(id -> id.internal().equals(internal))
        .orElseThrow(() -> new DataProtectionException("the sealed id is that of no session"));
  }

  byte[] sealDetails(String internal, byte[] details) {
    return sessions.protector(internal, "details").protect(details);
  }

  /**
   * @throws DataProtectionException if they are not the details of this session
   */
  byte[] openDetails(String internal, byte[] sealed) {
    return sessions.protector(internal, "details").unprotect(sealed);
  }

  /** The protector of one attribute of one session: it keeps what it has derived so far. */
  private record Kept(String internal, String name, DataProtector protector) {}
}
