package io.sharedredis.lettuce.session;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import java.nio.charset.StandardCharsets;

/**
 * Seals what a session holds under purposes that name application, session and place: a value that
 * was moved to another session, attribute or application does not open. Thread-safe.
 */
final class SessionSeal {

  private final DataProtector sessions;

  SessionSeal(DataProtectionProvider protection, String application) {
    this.sessions = protection.protector("SharedRedis.Session", "v1", application);
  }

  byte[] sealAttribute(String internal, String name, byte[] value) {
    return sessions.protector(internal, "attribute", name).protect(value);
  }

  /**
   * @throws DataProtectionException if the value was not sealed for this place
   */
  byte[] openAttribute(String internal, String name, byte[] sealed) {
    return sessions.protector(internal, "attribute", name).unprotect(sealed);
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
}
