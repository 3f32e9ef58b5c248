package io.sharedredis.dataprotection.aspnet.antiforgery;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.crypto.PayloadText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Issues and checks the antiforgery tokens of ASP.NET Core: one in a cookie, one in each form or
 * header, which fit together and to the user. Thread-safe.
 */
public final class AntiforgeryTokens {
  /** Default name of the form field. */
  public static final String FORM_FIELD = "__RequestVerificationToken";

  /** Default name of the header. */
  public static final String HEADER = "RequestVerificationToken";

  private static final int NAME_BYTES = 8;

  private final DataProtector protector;
  private final SecureRandom random;

  public AntiforgeryTokens(DataProtectionProvider provider, SecureRandom random) {
    this.protector = provider.protector("Microsoft.AspNetCore.Antiforgery.AntiforgeryToken.v1");
    this.random = random;
  }

  /** What checking a pair of tokens found. */
  public enum Verdict {
    VALID,
    /** A token is not readable by this application. */
    UNREADABLE,
    /** Cookie and request token stand in each other's place. */
    SWAPPED,
    /** The request token belongs to another cookie. */
    NO_PAIR,
    /** The request token was issued for another user. */
    OTHER_USER,
    /** The additional data was not accepted. */
    ADDITIONAL_DATA
  }

  /**
   * Name of the cookie: the same for all replicas of an application.
   *
   * @param applicationName empty for none
   */
  public static String cookieName(String applicationName) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(applicationName.getBytes(StandardCharsets.UTF_8));
      return ".AspNetCore.Antiforgery." + PayloadText.encode(Arrays.copyOf(hash, NAME_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256", e);
    }
  }

  /** A new token for the cookie of a visitor. */
  public String newCookieToken() {
    byte[] securityToken = new byte[AntiforgeryToken.SECURITY_TOKEN_BYTES];
    random.nextBytes(securityToken);
    return protect(AntiforgeryToken.ofCookie(securityToken));
  }

  /**
   * A token for a form or header that fits to the visitor's cookie.
   *
   * @param additionalData any text, empty for none
   * @throws DataProtectionException if the cookie token is not one
   */
  public String newRequestToken(String cookieToken, AntiforgeryUser user, String additionalData) {
    AntiforgeryToken cookie = unprotect(cookieToken);
    if (!cookie.isCookieToken()) {
      throw new DataProtectionException("the antiforgery cookie holds no cookie token");
    }
    return protect(AntiforgeryToken.ofRequest(cookie, user, additionalData));
  }

  /**
   * @param user who sends the request
   * @param acceptsData judges the additional data of the request token
   */
  public Verdict check(
      String cookieToken,
      String requestToken,
      AntiforgeryUser user,
      Predicate<String> acceptsData) {
    AntiforgeryToken cookie;
    AntiforgeryToken request;
    try {
      cookie = unprotect(cookieToken);
      request = unprotect(requestToken);
    } catch (DataProtectionException e) {
      return Verdict.UNREADABLE;
    }
    if (!cookie.isCookieToken() || request.isCookieToken()) {
      return Verdict.SWAPPED;
    }
    if (!MessageDigest.isEqual(cookie.securityToken(), request.securityToken())) {
      return Verdict.NO_PAIR;
    }
    if (!request.user().isSameAs(user)) {
      return Verdict.OTHER_USER;
    }
    return acceptsData.test(request.additionalData()) ? Verdict.VALID : Verdict.ADDITIONAL_DATA;
  }

  private String protect(AntiforgeryToken token) {
    return PayloadText.encode(protector.protect(token.write()));
  }

  private AntiforgeryToken unprotect(String text) {
    return AntiforgeryToken.read(protector.unprotect(PayloadText.decode(text)));
  }
}
