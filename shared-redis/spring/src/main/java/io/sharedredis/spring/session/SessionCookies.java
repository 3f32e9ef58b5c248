package io.sharedredis.spring.session;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.aspnet.cookie.RequestCookies;
import io.sharedredis.dataprotection.aspnet.session.SessionCookie;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.DefaultCookieSerializer;

/**
 * The session cookie, written as Spring Session writes it or as ASP.NET Core does. ASP.NET Core's
 * form is read in any case; Spring Session's is where that is written, or while a farm changes from
 * it. Thread-safe.
 *
 * <p>In ASP.NET Core's form the value is the id, protected by the key ring: a value that is forged,
 * cut, or of another application or ring is no session. A cookie that comes in Spring Session's
 * form meanwhile is replaced as soon as its session is used.
 */
public final class SessionCookies implements CookieSerializer {

  /** Ids of every store: 36 characters, as a session key of ASP.NET Core has. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{36}");

  /** How every protected payload begins; no id does in base64. */
  private static final String PROTECTED = "CfDJ8";

  /** Before an id whose cookie came in the other form. No character of base64url. */
  private static final String OTHER_FORM = "~";

  private static final String ISSUED = SessionCookies.class.getName() + ".issued";

  private static final String READ = SessionCookies.class.getName() + ".read";

  private final SessionCookie dotnet;
  private final Place place;
  private final boolean writesDotnet;
  private final boolean readsOtherForm;
  private final boolean replacesOtherForm;
  private final DefaultCookieSerializer spring = new DefaultCookieSerializer();
  private final LongAdder refused = new LongAdder();

  private SessionCookies(
      DataProtectionProvider protection,
      Place place,
      boolean writesDotnet,
      boolean readsOtherForm,
      boolean replacesOtherForm) {
    this.dotnet = new SessionCookie(protection);
    this.place = place;
    this.writesDotnet = writesDotnet;
    this.readsOtherForm = readsOtherForm;
    this.replacesOtherForm = replacesOtherForm;
    spring.setCookieName(place.name());
    spring.setCookiePath(place.path());
    spring.setUseSecureCookie(place.secure());
    spring.setUseHttpOnlyCookie(true);
    spring.setSameSite("Lax");
    spring.setUseBase64Encoding(!writesDotnet);
  }

  /** Writes the id in base64. */
  public static SessionCookies asSpringSession(DataProtectionProvider protection, Place place) {
    return new SessionCookies(protection, place, false, true, false);
  }

  /**
   * Writes the protected id, percent-escaped, and still takes Spring Session's form: for a farm
   * that changes to this one.
   *
   * @param replacesOtherForm whether the repository knows ids that {@link #id} has to be asked for
   */
  public static SessionCookies asDotnet(
      DataProtectionProvider protection, Place place, boolean replacesOtherForm) {
    return new SessionCookies(protection, place, true, true, replacesOtherForm);
  }

  /**
   * Writes the protected id, percent-escaped, and takes no other: knowing an id, which can be read
   * where .NET keeps its sessions, is not enough to send it.
   */
  public static SessionCookies asDotnetOnly(DataProtectionProvider protection, Place place) {
    return new SessionCookies(protection, place, true, false, false);
  }

  /**
   * @throws SessionsUnavailableException if the key ring could not be read
   */
  @Override
  public List<String> readCookieValues(HttpServletRequest request) {
    if (request.getAttribute(READ) instanceof Read read) {
      return read.ids();
    }
    List<String> ids = read(request);
    request.setAttribute(READ, new Read(ids));
    return ids;
  }

  private List<String> read(HttpServletRequest request) {
    List<String> ids = new ArrayList<>();
    if (!writesDotnet) {
      ids.addAll(spring.readCookieValues(request));
    }
    String header = String.join(";", Collections.list(request.getHeaders("Cookie")));
    if (!writesDotnet && place.formerNames().isEmpty() && !mayBeProtected(header)) {
      // Spring Session's own reading has seen all there is.
      return ids;
    }
    RequestCookies cookies = RequestCookies.parse(header);
    cookies.get(place.name()).flatMap(value -> read(request, value, false)).ifPresent(ids::add);
    for (String name : place.formerNames()) {
      cookies.get(name).flatMap(value -> read(request, value, true)).ifPresent(ids::add);
    }
    return ids;
  }

  /** Whether there is a protected value in it, as it is or percent-escaped. */
  private static boolean mayBeProtected(String header) {
    return header.contains(PROTECTED) || header.indexOf('%') >= 0;
  }

  private Optional<String> read(HttpServletRequest request, String value, boolean former) {
    Optional<String> id;
    if (value.startsWith(PROTECTED)) {
      id = opened(value);
      id.ifPresent(key -> request.setAttribute(ISSUED, key));
    } else if (!readsOtherForm) {
      id = Optional.empty();
    } else if (writesDotnet || former) {
      id = decoded(value).map(text -> replacesOtherForm ? OTHER_FORM + text : text);
    } else {
      // Spring Session's own reading has seen it.
      return Optional.empty();
    }
    if (id.isEmpty()) {
      refused.increment();
    }
    return id;
  }

  private Optional<String> opened(String value) {
    try {
      return dotnet.unprotect(value);
    } catch (StoreUnavailableException e) {
      throw new SessionsUnavailableException("the key ring could not be read", e);
    }
  }

  private static Optional<String> decoded(String value) {
    try {
      return Optional.of(new String(Base64.getDecoder().decode(value), StandardCharsets.US_ASCII))
          .filter(text -> ID.matcher(text).matches());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public void writeCookieValue(CookieValue cookie) {
    String id = cookie.getCookieValue();
    if (!writesDotnet || id == null || id.isEmpty()) {
      spring.writeCookieValue(cookie);
      return;
    }
    // What base64 has and a cookie of .NET escapes.
    String value = dotnet.protect(id).replace("+", "%2B").replace("/", "%2F");
    CookieValue escaped = new CookieValue(cookie.getRequest(), cookie.getResponse(), value);
    escaped.setCookieMaxAge(cookie.getCookieMaxAge());
    spring.writeCookieValue(escaped);
  }

  /** Cookies so far that nobody issued, or that came in a form that is not taken. */
  public long refused() {
    return refused.sum();
  }

  /** The session id in what {@link #readCookieValues} gave. */
  static String id(String requested) {
    return requested.startsWith(OTHER_FORM) ? requested.substring(OTHER_FORM.length()) : requested;
  }

  /** From here on the cookie of this request's session carries another id, or none. */
  static void issue(HttpServletRequest request, @Nullable String id) {
    request.setAttribute(ISSUED, id);
  }

  /** The session key that this request's cookie carries under protection, once it was read. */
  static @Nullable String issued(HttpServletRequest request) {
    return request.getAttribute(ISSUED) instanceof String key ? key : null;
  }

  /** What a request's cookies said: asked for more than once, counted once. */
  private record Read(List<String> ids) {}

  /**
   * Which cookie it is.
   *
   * @param formerNames names under which it is read too
   * @param path below which browsers send it
   * @param secure whether browsers reach the site by TLS
   */
  public record Place(String name, List<String> formerNames, String path, boolean secure) {

    /** Copies the list. */
    public Place {
      formerNames = List.copyOf(formerNames);
    }
  }
}
