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

  /**
   * Attributes that need not be deciphered again when the next request of their session reads them:
   * of some hundred sessions, as many as one replica serves in a few seconds; some MB at most.
   */
  private static final int RECENT = 1024;

  private final DataProtector sessions;

  SessionSeal(DataProtectionProvider protection, String application) {
    this.sessions =
        protection.protector("SharedRedis.Session", "v1", application).remembering(RECENT);
  }

  byte[] sealAttribute(String internal, String name, byte[] value) {
    return sessions.protectUnder(value, internal, "attribute", name);
  }

  /**
   * @param from where the sealed value begins; it ends with the array
   * @throws DataProtectionException if the value was not sealed for this place
   */
  byte[] openAttribute(String internal, String name, byte[] stored, int from) {
    return sessions.unprotectUnder(stored, from, internal, "attribute", name);
  }

  byte[] sealId(SessionId id) {
    return sessions.protectUnder(
        id.text().getBytes(StandardCharsets.US_ASCII), id.internal(), "id");
  }

  /**
   * @throws DataProtectionException if it is not the sealed id of this session
   */
  SessionId openId(String internal, byte[] sealed) {
    String text =
        new String(sessions.unprotectUnder(sealed, 0, internal, "id"), StandardCharsets.US_ASCII);
    return SessionId.parse(text)
        .filter(id -> id.internal().equals(internal))
        .orElseThrow(() -> new DataProtectionException("the sealed id is that of no session"));
  }

  byte[] sealDetails(String internal, byte[] details) {
    return sessions.protectUnder(details, internal, "details");
  }

  /**
   * @throws DataProtectionException if they are not the details of this session
   */
  byte[] openDetails(String internal, byte[] sealed) {
    return sessions.unprotectUnder(sealed, 0, internal, "details");
  }
}
