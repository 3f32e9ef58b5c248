package io.sharedredis.spring.security;

import io.sharedredis.dataprotection.DataProtectionProvider;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestHandler;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/**
 * Protection against forged requests that needs no server memory: an HttpOnly cookie and a token
 * that comes with the request, both sealed by the key ring, hold the same secret; the second is
 * bound to the user's name. Any replica on the same ring accepts them, ASP.NET Core's included.
 *
 * <p>The request's token travels as form field {@code __RequestVerificationToken} or header {@code
 * X-XSRF-TOKEN} (also {@code RequestVerificationToken}); scripts read it from the cookie {@code
 * XSRF-TOKEN}, which is renewed when somebody signs in or out. Thread-safe.
 *
 * <p>Apply it with {@code http.csrf(antiforgery::configure)}; the starter does so on every chain.
 */
public final class Antiforgery implements CsrfTokenRepository, CsrfTokenRequestHandler {

  /** Form field, as in ASP.NET Core. */
  public static final String PARAMETER = "__RequestVerificationToken";

  /** Header that script libraries send. */
  public static final String HEADER = "X-XSRF-TOKEN";

  /** Header of ASP.NET Core. */
  public static final String DOTNET_HEADER = "RequestVerificationToken";

  /** Cookie that scripts read the token from. */
  public static final String READABLE_COOKIE = "XSRF-TOKEN";

  private static final Duration DELETE = Duration.ZERO;

  private final AntiforgeryTokens tokens;
  private final SecureRandom random;
  private final Cookies cookies;
  private final String cookieName;

  /**
   * @param application name of the application; part of the cookie's name
   * @param secure whether browsers reach the site by TLS
   */
  public Antiforgery(
      DataProtectionProvider provider, SecureRandom random, String application, boolean secure) {
    this.tokens = new AntiforgeryTokens(provider);
    this.random = random;
    this.cookies = new Cookies(secure);
    this.cookieName = AntiforgeryTokens.cookieName(application);
  }

  /** Makes a filter chain use this. */
  public void configure(CsrfConfigurer<HttpSecurity> csrf) {
    csrf.csrfTokenRepository(this).csrfTokenRequestHandler(this);
  }

  @Override
  public CsrfToken generateToken(HttpServletRequest request) {
    byte[] secret = new byte[AntiforgeryToken.SECURITY_TOKEN_LENGTH];
    random.nextBytes(secret);
    return internal(secret);
  }

  @Override
  public void saveToken(
      @Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
    if (token == null) {
      cookies.write(request, response, cookieName, "", DELETE, true, "Strict");
      cookies.write(request, response, READABLE_COOKIE, "", DELETE, false, "Strict");
    } else {
      String sealed = tokens.seal(AntiforgeryToken.cookie(secret(token)));
      cookies.write(request, response, cookieName, sealed, Cookies.SESSION, true, "Strict");
    }
  }

  @Override
  public @Nullable CsrfToken loadToken(HttpServletRequest request) {
    AntiforgeryToken half = tokens.open(Cookies.read(request, cookieName));
    return half == null || !half.isCookieHalf() ? null : internal(half.securityToken());
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, Supplier<CsrfToken> token) {
    RequestToken shown = new RequestToken(token);
    request.setAttribute(CsrfToken.class.getName(), shown);
    request.setAttribute(shown.getParameterName(), shown);
    request.setAttribute("_csrf", shown);
    if (needsReadableCookie(request) && !response.isCommitted()) {
      cookies.write(
          request, response, READABLE_COOKIE, shown.getToken(), Cookies.SESSION, false, "Strict");
    }
  }

  /**
   * Whether a page that this request gets could not make its own requests: scripts have no token,
   * or one for another user or of another cookie. Programs that bring a bearer token need none.
   */
  private boolean needsReadableCookie(HttpServletRequest request) {
    if (!request.getMethod().equals("GET") || request.getHeader("Authorization") != null) {
      return false;
    }
    AntiforgeryToken cookie = tokens.open(Cookies.read(request, cookieName));
    if (cookie == null) {
      return true;
    }
    AntiforgeryToken wanted = AntiforgeryToken.request(cookie.securityToken(), currentUser());
    // Any of them: below a context path browsers also send the one of the application at the root.
    return Cookies.readAll(request, READABLE_COOKIE)
        .noneMatch(value -> wanted.equals(tokens.open(value)));
  }

  /** The secret of the request's token if it is for the current user; the filter compares it. */
  @Override
  public @Nullable String resolveCsrfTokenValue(HttpServletRequest request, CsrfToken expected) {
    AntiforgeryToken half = tokens.open(submitted(request));
    if (half == null || half.isCookieHalf() || !currentUser().equals(half.userName())) {
      return null;
    }
    return text(half.securityToken());
  }

  private static @Nullable String submitted(HttpServletRequest request) {
    for (String header : new String[] {HEADER, DOTNET_HEADER}) {
      String value = request.getHeader(header);
      if (value != null) {
        return value;
      }
    }
    return request.getParameter(PARAMETER);
  }

  private static String currentUser() {
    Authentication user = SecurityContextHolder.getContext().getAuthentication();
    boolean known = user != null && new AuthenticationTrustResolverImpl().isAuthenticated(user);
    return known && user != null ? user.getName() : "";
  }

  private static CsrfToken internal(byte[] secret) {
    return new DefaultCsrfToken(HEADER, PARAMETER, text(secret));
  }

  private static String text(byte[] secret) {
    return Base64.getEncoder().encodeToString(secret);
  }

  private static byte[] secret(CsrfToken internal) {
    return Base64.getDecoder().decode(internal.getToken());
  }

  /** What pages show: sealed for whoever is the user when it is asked for. */
  private final class RequestToken implements CsrfToken {

    private static final long serialVersionUID = 1L;

    private final transient Supplier<CsrfToken> internal;

    RequestToken(Supplier<CsrfToken> internal) {
      this.internal = internal;
    }

    @Override
    public String getHeaderName() {
      return HEADER;
    }

    @Override
    public String getParameterName() {
      return PARAMETER;
    }

    @Override
    public String getToken() {
      return tokens.seal(AntiforgeryToken.request(secret(internal.get()), currentUser()));
    }
  }
}
