package io.sharedredis.azure.redis;

import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;

/**
 * The user name that a token stands for at Redis. The token is not verified: who sends a wrong name
 * is refused by Redis, which does.
 */
final class TokenUser {

  /** The object id of the identity, under which Azure's Redis knows users. */
  private static final String OBJECT_ID = "oid";

  private TokenUser() {}

  /**
   * @throws IllegalArgumentException if the token is not a JWT with an object id; shows no part of
   *     it
   */
  static String of(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length == 3) {
      try (JsonReader json = JsonProviders.createReader(Base64.getUrlDecoder().decode(parts[1]))) {
        json.nextToken();
        if (json.readUntyped() instanceof Map<?, ?> claims
            && claims.get(OBJECT_ID) instanceof String user
            && !user.isBlank()) {
          return user;
        }
      } catch (IOException | IllegalArgumentException | IllegalStateException e) {
        throw unreadable();
      }
    }
    throw unreadable();
  }

  private static IllegalArgumentException unreadable() {
    return new IllegalArgumentException(
        "the Entra ID token names no object id (oid); set the user name of Redis");
  }
}
