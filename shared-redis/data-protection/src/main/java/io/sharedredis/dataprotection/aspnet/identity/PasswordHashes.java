package io.sharedredis.dataprotection.aspnet.identity;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Password hashes of ASP.NET Core Identity: reads versions 2 and 3, writes version 3 (PBKDF2 with
 * HMAC-SHA-512), or version 2 where an old application must still read them. Thread-safe.
 *
 * <p>Version 3 is {@code 01 || u32be prf || u32be iterations || u32be salt length || salt || key},
 * version 2 {@code 00 || salt(16) || key(32)} with HMAC-SHA-1 and 1,000 iterations; both in base64.
 */
public final class PasswordHashes {
  /** Identity's default number of iterations since .NET 7. */
  public static final int DEFAULT_ITERATIONS = 100_000;

  /** Iterations that are carried out for a stored hash; more would be a denial of service. */
  public static final int MAX_ITERATIONS = 10_000_000;

  private static final String[] PRF = {
    "PBKDF2WithHmacSHA1", "PBKDF2WithHmacSHA256", "PBKDF2WithHmacSHA512"
  };
  private static final int SHA1 = 0;
  private static final int SHA512 = 2;
  private static final int SALT_BYTES = 16;
  private static final int KEY_BYTES = 32;
  private static final int V2_ITERATIONS = 1000;
  private static final int V2_LENGTH = 1 + SALT_BYTES + KEY_BYTES;
  private static final int V3_HEADER = 13;

  /** Of new hashes; 0 where they are of version 2. */
  private final int iterations;

  private final SecureRandom random;

  /**
   * Writes version 3.
   *
   * @param iterations for new hashes; stored ones with fewer ask to be made anew
   */
  public PasswordHashes(int iterations, SecureRandom random) {
    if (iterations < 1 || iterations > MAX_ITERATIONS) {
      throw new IllegalArgumentException(
          "iterations is " + iterations + "; it must be between 1 and " + MAX_ITERATIONS);
    }
    this.iterations = iterations;
    this.random = random;
  }

  private PasswordHashes(SecureRandom random) {
    this.iterations = 0;
    this.random = random;
  }

  /**
   * Writes version 2, as Identity does with {@code IdentityV2}: weak by today's measure, for
   * databases that an application older than ASP.NET Core Identity 1.0 reads too. Asks for no hash
   * to be made anew, since that would make it weaker.
   */
  public static PasswordHashes version2(SecureRandom random) {
    return new PasswordHashes(random);
  }

  /** What comparing a password with a hash found. */
  public enum Verdict {
    FAILED,
    SUCCESS,
    /** The password is right; the hash is weaker than one made now. */
    SUCCESS_REHASH_NEEDED
  }

  /** A new hash under a random salt. */
  public String hash(String password) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return Base64.getEncoder()
        .encodeToString(iterations == 0 ? hashV2(password, salt) : hashV3(password, salt));
  }

  private static byte[] hashV2(String password, byte[] salt) {
    return ByteBuffer.allocate(1 + SALT_BYTES + KEY_BYTES)
        .put((byte) 0)
        .put(salt)
        .put(derive(password, salt, SHA1, V2_ITERATIONS, KEY_BYTES))
        .array();
  }

  private byte[] hashV3(String password, byte[] salt) {
    byte[] key = derive(password, salt, SHA512, iterations, KEY_BYTES);
    return ByteBuffer.allocate(V3_HEADER + SALT_BYTES + KEY_BYTES)
        .put((byte) 1)
        .putInt(SHA512)
        .putInt(iterations)
        .putInt(SALT_BYTES)
        .put(salt)
        .put(key)
        .array();
  }

  /**
   * Whether a stored hash is weaker than one made now; needs no password and derives nothing. One
   * that cannot be read is not: nobody signs in with it.
   */
  public boolean isWeaker(String hash) {
    byte[] bytes = decode(hash);
    if (bytes.length == V2_LENGTH && bytes[0] == 0) {
      return iterations > 0;
    }
    if (bytes.length < V3_HEADER || bytes[0] != 1) {
      return false;
    }
    ByteBuffer header = ByteBuffer.wrap(bytes, 1, V3_HEADER - 1);
    return isWeaker(header.getInt(), header.getInt());
  }

  private boolean isWeaker(int prf, int count) {
    return iterations > 0 && (prf < SHA512 || count < iterations);
  }

  /** A hash that cannot be read fails like a wrong password. */
  public Verdict verify(String hash, String password) {
    byte[] bytes = decode(hash);
    if (bytes.length == 0) {
      return Verdict.FAILED;
    }
    return switch (bytes[0]) {
      case 0 -> verifyV2(bytes, password);
      case 1 -> verifyV3(bytes, password);
      default -> Verdict.FAILED;
    };
  }

  /** The bytes, none if the text is not base64. */
  private static byte[] decode(String hash) {
    try {
      return Base64.getDecoder().decode(hash);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private Verdict verifyV2(byte[] bytes, String password) {
    if (bytes.length != V2_LENGTH) {
      return Verdict.FAILED;
    }
    byte[] salt = Arrays.copyOfRange(bytes, 1, 1 + SALT_BYTES);
    byte[] key = Arrays.copyOfRange(bytes, 1 + SALT_BYTES, bytes.length);
    if (!MessageDigest.isEqual(key, derive(password, salt, SHA1, V2_ITERATIONS, KEY_BYTES))) {
      return Verdict.FAILED;
    }
    return iterations > 0 ? Verdict.SUCCESS_REHASH_NEEDED : Verdict.SUCCESS;
  }

  private Verdict verifyV3(byte[] bytes, String password) {
    if (bytes.length < V3_HEADER) {
      return Verdict.FAILED;
    }
    ByteBuffer header = ByteBuffer.wrap(bytes, 1, V3_HEADER - 1);
    int prf = header.getInt();
    int count = header.getInt();
    int saltBytes = header.getInt();
    long keyBytes = (long) bytes.length - V3_HEADER - saltBytes;
    if (prf < 0
        || prf >= PRF.length
        || count < 1
        || count > MAX_ITERATIONS
        || saltBytes < SALT_BYTES
        || keyBytes < SALT_BYTES) {
      return Verdict.FAILED;
    }
    byte[] salt = Arrays.copyOfRange(bytes, V3_HEADER, V3_HEADER + saltBytes);
    byte[] key = Arrays.copyOfRange(bytes, V3_HEADER + saltBytes, bytes.length);
    if (!MessageDigest.isEqual(key, derive(password, salt, prf, count, key.length))) {
      return Verdict.FAILED;
    }
    return isWeaker(prf, count) ? Verdict.SUCCESS_REHASH_NEEDED : Verdict.SUCCESS;
  }

  private static byte[] derive(String password, byte[] salt, int prf, int count, int bytes) {
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, count, bytes * 8);
    try {
      return SecretKeyFactory.getInstance(PRF[prf]).generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks " + PRF[prf], e);
    } finally {
      spec.clearPassword();
    }
  }
}
