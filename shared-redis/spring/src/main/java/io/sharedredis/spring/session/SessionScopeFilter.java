package io.sharedredis.spring.session;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** Stands before Spring Session's filter, so that one request reads its session once. */
public final class SessionScopeFilter implements Filter {

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    SessionScope.<IOException, ServletException>run(
        (HttpServletRequest) request, () -> chain.doFilter(request, response));
  }
}
