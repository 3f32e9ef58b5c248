package io.sharedredis.spring.security;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Antiforgery halves as text, sealed by the key ring under ASP.NET Core's purpose. Thread-safe. */
final class AntiforgeryTokens {

  private static final String PURPOSE = "Microsoft.AspNetCore.Antiforgery.AntiforgeryToken.v1";

  /** Longest text that is looked at; our own are below 400 characters. */
  private static final int LONGEST = 4096;

  private final DataProtector protector;

  AntiforgeryTokens(DataProtectionProvider provider) {
    this.protector = provider.protector(PURPOSE);
  }

  String seal(AntiforgeryToken token) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(protector.protect(token.toBytes()));
  }

  /** What was sealed, or nothing if it was not sealed by this ring for this application. */
  @Nullable AntiforgeryToken open(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > LONGEST) {
      return null;
    }
    try {
      return AntiforgeryToken.fromBytes(protector.unprotect(Base64.getUrlDecoder().decode(text)));
    } catch (DataProtectionException | IllegalArgumentException e) {
      return null;
    }
  }

  /** ASP.NET Core's name of the cookie: one per application, so that several share a host. */
  static String cookieName(String application) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(application.getBytes(StandardCharsets.UTF_8));
      return ".AspNetCore.Antiforgery."
          + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, 8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
