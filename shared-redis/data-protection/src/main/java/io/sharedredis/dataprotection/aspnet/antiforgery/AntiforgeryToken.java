package io.sharedredis.dataprotection.aspnet.antiforgery;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.aspnet.DotNetReader;
import io.sharedredis.dataprotection.aspnet.DotNetWriter;

/**
 * The content of an antiforgery token: {@code 01 || securityToken(16) || bool isCookieToken}, and
 * for request tokens {@code bool isClaimsBased || (claimUid(32) | username) || additionalData}.
 * Immutable.
 */
final class AntiforgeryToken {
  static final int SECURITY_TOKEN_BYTES = 16;
  private static final int VERSION = 1;

  private final byte[] securityToken;
  private final boolean cookieToken;
  private final AntiforgeryUser user;
  private final String additionalData;

  private AntiforgeryToken(
      byte[] securityToken, boolean cookieToken, AntiforgeryUser user, String additionalData) {
    this.securityToken = securityToken;
    this.cookieToken = cookieToken;
    this.user = user;
    this.additionalData = additionalData;
  }

  static AntiforgeryToken ofCookie(byte[] securityToken) {
    return new AntiforgeryToken(securityToken.clone(), true, AntiforgeryUser.ANONYMOUS, "");
  }

  static AntiforgeryToken ofRequest(
      AntiforgeryToken cookie, AntiforgeryUser user, String additionalData) {
    return new AntiforgeryToken(cookie.securityToken, false, user, additionalData);
  }

  byte[] securityToken() {
    return securityToken;
  }

  boolean isCookieToken() {
    return cookieToken;
  }

  AntiforgeryUser user() {
    return user;
  }

  String additionalData() {
    return additionalData;
  }

  byte[] write() {
    DotNetWriter out = new DotNetWriter().uint8(VERSION).bytes(securityToken).bool(cookieToken);
    if (!cookieToken) {
      byte[] claimUid = user.claimUid();
      out.bool(claimUid.length > 0);
      if (claimUid.length > 0) {
        out.bytes(claimUid);
      } else {
        out.string(user.name());
      }
      out.string(additionalData);
    }
    return out.toByteArray();
  }

  /**
   * @throws DataProtectionException if it is of another version, cut, or followed by anything
   */
  static AntiforgeryToken read(byte[] bytes) {
    DotNetReader in = new DotNetReader(bytes);
    if (in.uint8() != VERSION) {
      throw new DataProtectionException("the antiforgery token is of another version");
    }
    byte[] securityToken = in.bytes(SECURITY_TOKEN_BYTES);
    AntiforgeryToken token;
    if (in.bool()) {
      token = ofCookie(securityToken);
    } else {
      AntiforgeryUser user =
          in.bool()
              ? AntiforgeryUser.ofClaimUid(in.bytes(AntiforgeryUser.CLAIM_UID_BYTES))
              : AntiforgeryUser.named(in.string());
      token = new AntiforgeryToken(securityToken, false, user, in.string());
    }
    if (!in.atEnd()) {
      throw new DataProtectionException("the antiforgery token is followed by something");
    }
    return token;
  }
}
