package io.sharedredis.spring.hub;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Says 401 and 403 of hub paths in words. SignalR's clients show their user the body, or the reason
 * phrase where there is none, and containers send no reason phrases any more.
 */
public final class HubRefusalFilter extends OncePerRequestFilter {
  private final HubPaths paths;

  public HubRefusalFilter(HubPaths paths) {
    this.paths = paths;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !paths.matches(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(request, new WithoutErrorPage(response));
    String words = words(response.getStatus());
    if (words != null && !response.isCommitted() && !request.isAsyncStarted()) {
      HttpAnswers.text(response, response.getStatus(), words);
    }
  }

  private static @Nullable String words(int status) {
    return switch (status) {
      case HttpServletResponse.SC_UNAUTHORIZED -> "Unauthorized";
      case HttpServletResponse.SC_FORBIDDEN -> "Forbidden";
      default -> null;
    };
  }

  /** A refusal becomes a status alone; an error page would be written where a word is wanted. */
  private static final class WithoutErrorPage extends HttpServletResponseWrapper {
    WithoutErrorPage(HttpServletResponse response) {
      super(response);
    }

    @Override
    public void sendError(int status) throws IOException {
      if (words(status) == null) {
        super.sendError(status);
      } else {
        setStatus(status);
      }
    }

    @Override
    public void sendError(int status, String message) throws IOException {
      if (words(status) == null) {
        super.sendError(status, message);
      } else {
        setStatus(status);
      }
    }
  }
}
