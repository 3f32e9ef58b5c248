package io.sharedredis.lettuce.relay;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Shows the owner of a connection that a relayed request came with the connection's token: a digest
 * of it, so that who listens to Redis does not learn what opens a hub's HTTP endpoint. Immutable.
 */
public final class TokenProof {

  /** Keeps the digest apart from every other use of a token. */
  private static final byte[] PURPOSE = "shared-redis hub relay\n".getBytes(StandardCharsets.UTF_8);

  private final byte[] bytes;

  private TokenProof(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The proof of a token as the client sent it. */
  public static TokenProof of(String token) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(PURPOSE);
      return new TokenProof(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /** What a message carried, which may be no proof of anything. */
  static TokenProof received(byte[] bytes) {
    return new TokenProof(bytes);
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** Takes the same time wherever proofs differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TokenProof proof && MessageDigest.isEqual(bytes, proof.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Says nothing of the token. */
  @Override
  public String toString() {
    return "TokenProof";
  }
}
