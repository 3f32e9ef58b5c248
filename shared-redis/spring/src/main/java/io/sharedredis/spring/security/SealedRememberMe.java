package io.sharedredis.spring.security;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.TimeLimitedDataProtector;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.RememberMeConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.authentication.rememberme.AbstractRememberMeServices;
import org.springframework.security.web.authentication.rememberme.InvalidCookieException;

/**
 * Remembers a user beyond his session by a cookie that the key ring seals: any replica takes it, no
 * server keeps anything. It ends after its lifetime, with a change of the user's stored password,
 * and with the revocation of the key that sealed it. Thread-safe once configured.
 *
 * <p>Sealed is {@code SHA-256 of the stored password (32 bytes) || user name in UTF-8}. A user
 * without a stored password is not remembered: nothing could end that but time. Nor is one whose
 * principal is no {@link UserDetails}, as after an external login: his name is not that of a local
 * account. Sign-out deletes the cookie of one browser and not those of others.
 *
 * <p>Apply it with {@code http.rememberMe(rememberMe::configure)}.
 */
public final class SealedRememberMe extends AbstractRememberMeServices {

  private static final String PURPOSE = "io.sharedredis.spring.RememberMe";

  /** Tells Spring Security's provider that a token is ours; no secret, the key ring has those. */
  private static final String KEY = PURPOSE;

  private static final int HASH_BYTES = 32;

  private final TimeLimitedDataProtector protector;
  private final Duration lifetime;

  /**
   * @param lifetime of a cookie, whole seconds; it is not prolonged
   * @param secure whether browsers reach the site by TLS
   */
  public SealedRememberMe(
      DataProtectionProvider provider,
      UserDetailsService users,
      Duration lifetime,
      boolean secure) {
    super(KEY, users);
    if (lifetime.toSeconds() < 1 || lifetime.toSeconds() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "lifetime is " + lifetime + "; it must be between 1s and 68 years");
    }
    this.protector = provider.protector(PURPOSE, "v1").timeLimited();
    this.lifetime = lifetime;
    setTokenValiditySeconds((int) lifetime.toSeconds());
    setUseSecureCookie(secure);
    setCookieCustomizer(cookie -> cookie.setAttribute("SameSite", "Lax"));
  }

  /** Makes a filter chain use this. */
  public void configure(RememberMeConfigurer<HttpSecurity> rememberMe) {
    rememberMe.rememberMeServices(this).key(KEY);
  }

  @Override
  protected void onLoginSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication signedIn) {
    // Others, such as users of an external login, may bear the name of a local account.
    if (!(signedIn.getPrincipal() instanceof UserDetails known)) {
      logger.debug("A user who is no local account is not remembered");
      return;
    }
    // Asked for again: by now the password is erased from what signed in.
    UserDetails user = getUserDetailsService().loadUserByUsername(known.getUsername());
    byte[] fingerprint = fingerprint(user);
    if (fingerprint == null) {
      logger.debug("A user without a stored password is not remembered");
      return;
    }
    byte[] name = user.getUsername().getBytes(StandardCharsets.UTF_8);
    byte[] content =
        ByteBuffer.allocate(HASH_BYTES + name.length).put(fingerprint).put(name).array();
    String sealed =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(protector.protect(content, lifetime));
    setCookie(new String[] {sealed}, (int) lifetime.toSeconds(), request, response);
  }

  @Override
  protected UserDetails processAutoLoginCookie(
      String[] tokens, HttpServletRequest request, HttpServletResponse response) {
    byte[] content = open(tokens[0]);
    String name =
        new String(content, HASH_BYTES, content.length - HASH_BYTES, StandardCharsets.UTF_8);
    UserDetails user = getUserDetailsService().loadUserByUsername(name);
    if (user == null) {
      throw new UsernameNotFoundException("the user of the remember-me cookie is gone");
    }
    byte[] now = fingerprint(user);
    if (now == null || !MessageDigest.isEqual(now, Arrays.copyOf(content, HASH_BYTES))) {
      throw new InvalidCookieException("the password was changed since the user was remembered");
    }
    return user;
  }

  private byte[] open(String sealed) {
    try {
      byte[] content = protector.unprotect(Base64.getUrlDecoder().decode(sealed));
      if (content.length > HASH_BYTES) {
        return content;
      }
    } catch (DataProtectionException | IllegalArgumentException e) {
      // The same as a content that is too short.
    }
    throw new InvalidCookieException("the remember-me cookie is not good or not any more");
  }

  private static byte @Nullable [] fingerprint(UserDetails user) {
    String password = user.getPassword();
    if (password == null || password.isEmpty()) {
      return null;
    }
    try {
      return MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The cookie holds nothing but the sealed text. */
  @Override
  protected String encodeCookie(String[] tokens) {
    return tokens[0];
  }

  @Override
  protected String[] decodeCookie(String cookie) {
    return new String[] {cookie};
  }
}
