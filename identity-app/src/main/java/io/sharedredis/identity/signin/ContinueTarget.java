package io.sharedredis.identity.signin;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Where a sign-in leads afterwards. It travels as a form field instead of lying in a session: a
 * person who is not signed in has no session, and the form may be answered by any replica. Only two
 * of this app's own paths are accepted, so that a link to the sign-in page cannot send anybody
 * elsewhere.
 */
final class ContinueTarget {

  static final String PARAMETER = "continue";

  static final String ACCOUNT = "/account";

  private static final String AUTHORIZE = "/oauth2/authorize?";

  /**
   * Characters; an authorization request of a few hundred is usual, servers cut request lines at 8
   * KB.
   */
  private static final int MAX_LENGTH = 4000;

  private ContinueTarget() {}

  /** Returns the path and query of a request that needs a signed-in person. */
  static String of(HttpServletRequest request) {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    String query = request.getQueryString();
    return "GET".equals(request.getMethod()) && query != null ? path + "?" + query : ACCOUNT;
  }

  /** Returns the target if it is one of ours, otherwise the account page. */
  static String accepted(@Nullable String target) {
    if (target == null
        || target.length() > MAX_LENGTH
        || !target.startsWith(AUTHORIZE)
        || target.chars().anyMatch(c -> c <= ' ' || c == '\\' || c > '~')) {
      return ACCOUNT;
    }
    return target;
  }
}
