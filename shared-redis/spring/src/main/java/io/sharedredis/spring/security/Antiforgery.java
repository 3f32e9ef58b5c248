package io.sharedredis.spring.security;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryTokens;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryUser;
import io.sharedredis.spring.security.aspnet.TicketPrincipal;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestHandler;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/**
 * Protection against forged requests that needs no server memory: an HttpOnly cookie and a token
 * that comes with the request, both sealed by the key ring, hold the same secret; the second is
 * bound to the user: to his claims as ASP.NET Core does where they are known, else to his name. Any
 * replica on the same ring accepts them, ASP.NET Core's included.
 *
 * <p>The request's token travels as form field {@code __RequestVerificationToken} or header {@code
 * X-XSRF-TOKEN} (also {@code RequestVerificationToken}); scripts read it from the cookie {@code
 * XSRF-TOKEN}. That is renewed when somebody signs in or out: with the first page that looks at the
 * session, and with the refusal of a request that brought one for another user, so that the next
 * attempt of the same scripts is good. Thread-safe.
 *
 * <p>Apply it with {@code http.csrf(antiforgery::configure)}; the starter does so on every chain.
 */
public final class Antiforgery implements CsrfTokenRepository, CsrfTokenRequestHandler {

  /** Form field, as in ASP.NET Core. */
  public static final String PARAMETER = AntiforgeryTokens.FORM_FIELD;

  /** Header that script libraries send. */
  public static final String HEADER = "X-XSRF-TOKEN";

  /** Header of ASP.NET Core. */
  public static final String DOTNET_HEADER = AntiforgeryTokens.HEADER;

  /** Cookie that scripts read the token from. */
  public static final String READABLE_COOKIE = "XSRF-TOKEN";

  private static final Duration DELETE = Duration.ZERO;

  /** Request attribute: the browser is told to forget the cookie that the request came with. */
  private static final String FORGOTTEN = Antiforgery.class.getName() + ".forgotten";

  /** Request attribute: gives scripts the token that this request should have had. */
  private static final String RENEWAL = Antiforgery.class.getName() + ".renewal";

  private final AntiforgeryTokens tokens;
  private final Cookies cookies;
  private final String cookieName;
  private final Function<Authentication, AntiforgeryUser> users;

  /**
   * Binds users whom an ASP.NET Core cookie signed in to their claims, others to their name.
   *
   * @param application name of the application; part of the cookie's name
   * @param secure whether browsers reach the site by TLS
   */
  public Antiforgery(
      DataProtectionProvider provider, SecureRandom random, String application, boolean secure) {
    this(provider, random, application, secure, Antiforgery::claimsOrName);
  }

  /**
   * @param application name of the application; part of the cookie's name
   * @param secure whether browsers reach the site by TLS
   * @param users what identifies somebody who is signed in; the same for the same user on every
   *     replica
   */
  public Antiforgery(
      DataProtectionProvider provider,
      SecureRandom random,
      String application,
      boolean secure,
      Function<Authentication, AntiforgeryUser> users) {
    this.users = users;
    this.tokens = new AntiforgeryTokens(provider, random);
    this.cookies = new Cookies(secure);
    this.cookieName = AntiforgeryTokens.cookieName(application);
  }

  /** Makes a filter chain use this. */
  public void configure(CsrfConfigurer<HttpSecurity> csrf) {
    csrf.csrfTokenRepository(this).csrfTokenRequestHandler(this);
  }

  @Override
  public CsrfToken generateToken(HttpServletRequest request) {
    return cookieHalf(tokens.newCookieToken());
  }

  @Override
  public void saveToken(
      @Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
    if (token == null) {
      request.setAttribute(FORGOTTEN, Boolean.TRUE);
      cookies.write(request, response, cookieName, "", DELETE, true, "Strict");
      cookies.write(request, response, READABLE_COOKIE, "", DELETE, false, "Strict");
    } else {
      request.removeAttribute(FORGOTTEN);
      cookies.write(
          request, response, cookieName, token.getToken(), Cookies.SESSION, true, "Strict");
    }
  }

  @Override
  public @Nullable CsrfToken loadToken(HttpServletRequest request) {
    // A page that answers a sign-in, to say that it is refused, needs a form that can be sent.
    String cookie =
        request.getAttribute(FORGOTTEN) == null ? Cookies.read(request, cookieName) : null;
    return cookie == null || requestHalf(cookie) == null ? null : cookieHalf(cookie);
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, Supplier<CsrfToken> token) {
    RequestToken shown = new RequestToken(token);
    request.setAttribute(CsrfToken.class.getName(), shown);
    request.setAttribute("_csrf", shown);
    if (!isBrowser(request)) {
      return;
    }
    if (!request.getMethod().equals("GET")) {
      Runnable renewal = () -> writeReadable(request, response, shown);
      request.setAttribute(RENEWAL, renewal);
      return;
    }
    String cookie = Cookies.read(request, cookieName);
    if (cookie == null) {
      writeReadable(request, response, shown);
      return;
    }
    SecurityContextHolder.setDeferredContext(
        whenAskedFirst(
            SecurityContextHolder.getDeferredContext(),
            () -> {
              if (!scriptsHaveOneFor(cookie, request)) {
                writeReadable(request, response, shown);
              }
            }));
  }

  /** Whose token it has to be is known when somebody looks at the session; a page may not. */
  private static Supplier<SecurityContext> whenAskedFirst(
      Supplier<SecurityContext> context, Runnable work) {
    AtomicBoolean asked = new AtomicBoolean();
    return () -> {
      SecurityContext known = context.get();
      if (asked.compareAndSet(false, true)) {
        work.run();
      }
      return known;
    };
  }

  private void writeReadable(
      HttpServletRequest request, HttpServletResponse response, CsrfToken token) {
    if (!response.isCommitted()) {
      cookies.write(
          request, response, READABLE_COOKIE, token.getToken(), Cookies.SESSION, false, "Strict");
    }
  }

  /**
   * Else a page that this request gets could not make its own requests: its scripts have no token,
   * or one for another user or of another cookie.
   */
  private boolean scriptsHaveOneFor(String cookie, HttpServletRequest request) {
    // Any of them: below a context path browsers also send the one of the application at the root.
    return Cookies.readAll(request, READABLE_COOKIE).anyMatch(value -> fits(cookie, value));
  }

  /**
   * Programs that bring a bearer token, or ask for JSON without ever having had a page, need none.
   */
  private boolean isBrowser(HttpServletRequest request) {
    if (request.getHeader("Authorization") != null) {
      return false;
    }
    String accept = request.getHeader("Accept");
    return accept == null
        || accept.contains("text/html")
        || accept.contains("*/*")
        || Cookies.read(request, cookieName) != null;
  }

  /** The expected value if the request's token goes with it and with the current user. */
  @Override
  public @Nullable String resolveCsrfTokenValue(HttpServletRequest request, CsrfToken expected) {
    if (Cookies.read(request, cookieName) == null) {
      return refuseWithoutCookie(request);
    }
    String submitted = submitted(request);
    if (submitted != null && fits(expected.getToken(), submitted)) {
      return expected.getToken();
    }
    // Pages that never look at the session do not learn that it has ended: their scripts would be
    // refused for ever. By now it is known who asks, and nothing more has to be read.
    if (request.getAttribute(RENEWAL) instanceof Runnable renewal
        && !scriptsHaveOneFor(expected.getToken(), request)) {
      renewal.run();
    }
    return null;
  }

  /**
   * As requests of other sites come, to which browsers give no strict cookie: nothing that was
   * submitted can go with one. They do not make us look at a session. Scripts of a browser that has
   * no cookie at all, and so no session, get what they need.
   */
  private static @Nullable String refuseWithoutCookie(HttpServletRequest request) {
    Cookie[] any = request.getCookies();
    if ((any == null || any.length == 0)
        && request.getAttribute(RENEWAL) instanceof Runnable renewal) {
      renewal.run();
    }
    return null;
  }

  private boolean fits(String cookie, String submitted) {
    return tokens.check(cookie, submitted, currentUser(), String::isEmpty)
        == AntiforgeryTokens.Verdict.VALID;
  }

  /**
   * A token for the current user that goes with the cookie, or nothing if that is no cookie half.
   */
  private @Nullable String requestHalf(String cookie) {
    try {
      return tokens.newRequestToken(cookie, currentUser(), "");
    } catch (DataProtectionException e) {
      return null;
    }
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

  private static AntiforgeryUser claimsOrName(Authentication user) {
    return user.getPrincipal() instanceof TicketPrincipal claims
        ? AntiforgeryUser.of(claims.ticket().identities())
        : AntiforgeryUser.named(user.getName());
  }

  private AntiforgeryUser currentUser() {
    Authentication user = SecurityContextHolder.getContext().getAuthentication();
    return user != null && new AuthenticationTrustResolverImpl().isAuthenticated(user)
        ? users.apply(user)
        : AntiforgeryUser.ANONYMOUS;
  }

  /** What Spring Security compares: the text of the cookie, which never leaves it otherwise. */
  private static CsrfToken cookieHalf(String text) {
    return new DefaultCsrfToken(HEADER, PARAMETER, text);
  }

  /** What pages show: sealed for whoever is the user when it is asked for. */
  private final class RequestToken implements CsrfToken {

    private static final long serialVersionUID = 1L;

    private final transient Supplier<CsrfToken> cookieHalf;

    RequestToken(Supplier<CsrfToken> cookieHalf) {
      this.cookieHalf = cookieHalf;
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
      return tokens.newRequestToken(cookieHalf.get().getToken(), currentUser(), "");
    }
  }
}
