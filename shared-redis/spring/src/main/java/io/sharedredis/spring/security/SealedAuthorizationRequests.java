package io.sharedredis.spring.security;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.TimeLimitedDataProtector;
import io.sharedredis.spring.session.SessionJson;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;

/**
 * The state of a sign-in under way (state, nonce, PKCE verifier), sealed by the key ring into a
 * cookie of the browser that began it, for ten minutes: the answer of the identity provider may
 * come to any replica, and no session is needed before somebody is signed in.
 *
 * <p>One cookie per sign-in, named after its state, so that several tabs do not disturb each other.
 * Thread-safe.
 */
public final class SealedAuthorizationRequests
    implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

  private static final String PURPOSE = "io.sharedredis.spring.AuthorizationRequest";
  private static final String COOKIE_PREFIX = ".sign-in.";

  /** Time to type a password and a code; as long as ASP.NET Core's correlation cookie nearly. */
  private static final Duration LIFE = Duration.ofMinutes(10);

  /** Sign-ins under way in one browser; older tabs give way before the request header overflows. */
  private static final int AT_ONCE = 4;

  private final TimeLimitedDataProtector protector;
  private final SessionJson json;
  private final Cookies cookies;

  /**
   * @param secure whether browsers reach the site by TLS
   */
  public SealedAuthorizationRequests(
      DataProtectionProvider provider, SessionJson json, boolean secure) {
    this.protector = provider.protector(PURPOSE, "v1").timeLimited();
    this.json = json;
    this.cookies = new Cookies(secure);
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
    String state = request.getParameter(OAuth2ParameterNames.STATE);
    String sealed = state == null ? null : Cookies.read(request, cookieName(state));
    if (state == null || sealed == null) {
      return null;
    }
    try {
      byte[] opened = protector.unprotect(Base64.getUrlDecoder().decode(sealed));
      return json.deserialize(opened) instanceof OAuth2AuthorizationRequest begun
              && state.equals(begun.getState())
          ? begun
          : null;
    } catch (DataProtectionException | IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public void saveAuthorizationRequest(
      @Nullable OAuth2AuthorizationRequest begun,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (begun == null) {
      Object unused = removeAuthorizationRequest(request, response);
      return;
    }
    makeRoom(request, response);
    byte[] sealed = protector.protect(json.serialize(begun), LIFE);
    String value = Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    // Lax: the browser comes back from the identity provider, which may be another site.
    cookies.write(request, response, cookieName(begun.getState()), value, LIFE, true, "Lax");
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(
      HttpServletRequest request, HttpServletResponse response) {
    OAuth2AuthorizationRequest begun = loadAuthorizationRequest(request);
    String state = request.getParameter(OAuth2ParameterNames.STATE);
    if (state != null && Cookies.read(request, cookieName(state)) != null) {
      delete(request, response, cookieName(state));
    }
    return begun;
  }

  private void makeRoom(HttpServletRequest request, HttpServletResponse response) {
    if (request.getCookies() == null) {
      return;
    }
    var underWay =
        Arrays.stream(request.getCookies())
            .map(jakarta.servlet.http.Cookie::getName)
            .filter(name -> name.startsWith(COOKIE_PREFIX))
            .toList();
    // Browsers send older cookies of one path first.
    for (int i = 0; i <= underWay.size() - AT_ONCE; i++) {
      delete(request, response, underWay.get(i));
    }
  }

  private void delete(HttpServletRequest request, HttpServletResponse response, String name) {
    cookies.write(request, response, name, "", Duration.ZERO, true, "Lax");
  }

  private static String cookieName(String state) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(state.getBytes(StandardCharsets.UTF_8));
      return COOKIE_PREFIX
          + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, 9));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
