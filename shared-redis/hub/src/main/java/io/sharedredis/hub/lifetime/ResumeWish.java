package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.HubRequest;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for in its URL: to be given what it missed since it was last here, {@code
 * ?resume=<id>}, and with {@code &places=1} to be told the place of each reliable message.
 *
 * @param id chosen by the client, the same as long as its URL; a secret of the client
 * @param places whether reliable messages get their place as one more argument
 */
public record ResumeWish(String id, boolean places) {

  /** Unit: characters. 22 of base64url are 128 random bits, a UUID has 36. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22,64}");

  /**
   * What the request asks for; null for nothing.
   *
   * @throws IllegalArgumentException when it asks for something else than there is; names the
   *     parameter and what it must be, and never repeats its value
   */
  public static @Nullable ResumeWish of(HubRequest request) {
    List<String> ids = request.query().get("resume");
    if (ids == null || ids.isEmpty()) {
      return null;
    }
    if (ids.size() > 1 || !ID.matcher(ids.get(0)).matches()) {
      throw new IllegalArgumentException(
          "The parameter 'resume' must be given once, with 22 to 64 letters, digits, '-' or '_'.");
    }
    String places = request.parameter("places");
    if (places != null && !places.equals("1") && !places.equals("0")) {
      throw new IllegalArgumentException("The parameter 'places' must be 0 or 1.");
    }
    return new ResumeWish(ids.get(0), "1".equals(places));
  }

  /** Leaves the id out: whoever knows it takes over the client's place. */
  @Override
  public String toString() {
    return "ResumeWish[places=" + places + "]";
  }
}
