package io.sharedredis.spring.session;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * From where a session is used, noted when it begins and when its owner signs in.
 *
 * @param device what the browser says of itself
 * @param address of the browser, as the gateway tells
 * @param replica that served it
 */
public record SessionPlace(String device, String address, String replica) {

  /** Nothing is known. */
  static final SessionPlace UNKNOWN = new SessionPlace("", "", "");

  private static final JsonMapper JSON = new JsonMapper();
  private static final ObjectReader READER = JSON.readerFor(SessionPlace.class);

  /** Characters that are kept of what a client sends. */
  private static final int MOST = 300;

  /** What another version, or whoever holds the key ring, left out is not known. */
  public SessionPlace {
    device = Objects.requireNonNullElse(device, "");
    address = Objects.requireNonNullElse(address, "");
    replica = Objects.requireNonNullElse(replica, "");
  }

  /**
   * What people call the device, such as "Firefox on Windows"; what a client says, so escape it.
   */
  public String deviceName() {
    return DeviceName.of(device);
  }

  static SessionPlace of(HttpServletRequest request, String replica) {
    return new SessionPlace(
        cut(request.getHeader("User-Agent")), cut(request.getRemoteAddr()), replica);
  }

  static SessionPlace read(Optional<byte[]> details) {
    try {
      // "null" is JSON, too.
      SessionPlace place = details.isEmpty() ? null : READER.readValue(details.get());
      return place == null ? UNKNOWN : place;
    } catch (JacksonException e) {
      return UNKNOWN;
    }
  }

  byte[] write() {
    return JSON.writeValueAsBytes(this);
  }

  private static String cut(@Nullable String text) {
    return text == null ? "" : text.length() > MOST ? text.substring(0, MOST) : text;
  }
}
