package io.sharedredis.spring.security.aspnet;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.web.util.OnCommittedResponseWrapper;

/**
 * A response that carries an authentication cookie and that no cache may keep, whatever the
 * application says of its content. For one request; not thread-safe.
 */
final class UncachedResponse extends OnCommittedResponseWrapper {

  UncachedResponse(HttpServletResponse response) {
    super(response);
  }

  /** Writes the headers that ASP.NET Core writes with such a cookie. */
  static void forbidCaching(HttpServletResponse response) {
    response.setHeader("Cache-Control", "no-cache,no-store");
    response.setHeader("Pragma", "no-cache");
    response.setHeader("Expires", "Thu, 01 Jan 1970 00:00:00 GMT");
  }

  @Override
  protected void onResponseCommitted() {
    disableOnResponseCommitted();
    forbidCaching((HttpServletResponse) getResponse());
  }

  /** After the application: a response that is not committed yet may have got other headers. */
  void finish() {
    if (!isCommitted()) {
      forbidCaching((HttpServletResponse) getResponse());
    }
  }
}
