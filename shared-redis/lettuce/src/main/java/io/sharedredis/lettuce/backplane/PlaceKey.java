package io.sharedredis.lettuce.backplane;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where a client's record lies. Both parts are digests, so that nobody who reads Redis learns a
 * resume id, and hub and user are part of them: the same id of another user names another record,
 * and nothing has to be compared.
 *
 * @param owner whose records lie together, 22 characters of base64url
 * @param client which of them, 22 characters of base64url
 */
record PlaceKey(String owner, String client) {

  /** Unit: bytes. 128 bits are enough that nobody meets another's record. */
  private static final int LENGTH = 16;

  private static final byte[] NAME =
      "SharedRedis.Backplane.Resume.v1".getBytes(StandardCharsets.US_ASCII);

  /**
   * @param hub full name of the hub
   * @param user null for nobody; such records lie in 256 lots, by the id
   * @param id the client's own
   */
  static PlaceKey of(String hub, @Nullable String user, String id) {
    byte[] client = digest(hub, user, id);
    String owner = user == null ? Integer.toString(client[0] & 0xff) : user;
    return new PlaceKey(text(digest(hub, user == null ? null : "", owner)), text(client));
  }

  /** What clients learn of a channel's name, 22 characters of base64url. */
  static String channel(String name) {
    return text(digest(name, null, ""));
  }

  /** Each part with its length in front, so that no two triples look the same. */
  private static byte[] digest(String hub, @Nullable String user, String rest) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(NAME);
      add(sha, hub);
      sha.update((byte) (user == null ? 0 : 1));
      add(sha, user == null ? "" : user);
      add(sha, rest);
      return Arrays.copyOf(sha.digest(), LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void add(MessageDigest sha, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    sha.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    sha.update(bytes);
  }

  private static String text(byte[] digest) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
  }
}
