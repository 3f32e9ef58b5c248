package io.sharedredis.spring.session;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.web.util.OnCommittedResponseWrapper;

/**
 * Stands behind Spring Session's filter: what a request changed in its .NET session is written
 * before the response begins, so that the next request of the browser sees it, on either side.
 */
public final class DotnetSessionFilter implements Filter {

  private final DotnetSessions sessions;

  public DotnetSessionFilter(DotnetSessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    DotnetSessions.Current current = sessions.begin((HttpServletRequest) request);
    SavingResponse saving = new SavingResponse((HttpServletResponse) response, current);
    try {
      chain.doFilter(request, saving);
    } finally {
      saving.disable();
      current.save();
    }
  }

  private static final class SavingResponse extends OnCommittedResponseWrapper {

    private final DotnetSessions.Current current;

    SavingResponse(HttpServletResponse response, DotnetSessions.Current current) {
      super(response);
      this.current = current;
    }

    void disable() {
      disableOnResponseCommitted();
    }

    @Override
    protected void onResponseCommitted() {
      current.save();
    }
  }
}
