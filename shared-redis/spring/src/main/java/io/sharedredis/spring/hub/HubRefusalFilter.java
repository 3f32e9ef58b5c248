package io.sharedredis.spring.hub;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Says 401 and 403 of hub paths in words. SignalR's clients show their user the body, or the reason
 * phrase where there is none, and containers send no reason phrases any more. An application that
 * answers with a body of its own keeps it.
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
    Refusal refusal = new Refusal(response);
    chain.doFilter(request, refusal);
    String words = words(response.getStatus());
    if (words != null
        && !refusal.bodyBegun
        && !response.isCommitted()
        && !request.isAsyncStarted()) {
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

  /**
   * Makes of a refusal a status alone, as an error page would be written where a word is wanted,
   * and notes whether somebody has begun a body: a response has a writer or a stream, never both.
   */
  private static final class Refusal extends HttpServletResponseWrapper {
    private boolean bodyBegun;

    Refusal(HttpServletResponse response) {
      super(response);
    }

    @Override
    public PrintWriter getWriter() throws IOException {
      bodyBegun = true;
      return super.getWriter();
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
      bodyBegun = true;
      return super.getOutputStream();
    }

    // Only the container can take back what has been begun, so it keeps its error page then.
    @Override
    public void sendError(int status) throws IOException {
      if (words(status) == null || bodyBegun) {
        super.sendError(status);
      } else {
        setStatus(status);
      }
    }

    @Override
    public void sendError(int status, String message) throws IOException {
      if (words(status) == null || bodyBegun) {
        super.sendError(status, message);
      } else {
        setStatus(status);
      }
    }
  }
}
