package io.sharedredis.webspa.login;

import io.sharedredis.spring.web.PublicUrl;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.stereotype.Component;

/** The end of a sign-in: back to the page the visitor came from, or a page that says what to do. */
@Component
class SignInOutcome implements AuthenticationSuccessHandler, AuthenticationFailureHandler {

  private static final Logger log = LoggerFactory.getLogger(SignInOutcome.class);

  private static final String PAGE =
      """
      <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign-in</title></head>
      <body><h1>The sign-in was not completed</h1>
      <p>It took too long, was begun in another browser, or its address was used before.</p>
      <p><a href="/login">Sign in again</a> or <a href="/">go on looking around</a>.</p></body></html>
      """;

  private final PublicUrl publicUrl;

  SignInOutcome(PublicUrl publicUrl) {
    this.publicUrl = publicUrl;
  }

  @Override
  public void onAuthenticationSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication visitor)
      throws IOException {
    response.sendRedirect(ReturnTarget.take(request, publicUrl.secure(), response));
  }

  /** The reason is for the log: it may hold what an attacker put into the address. */
  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
      throws IOException {
    String code =
        e instanceof OAuth2AuthenticationException oauth
            ? oauth.getError().getErrorCode()
            : e.getClass().getSimpleName();
    log.warn("A sign-in was not completed: {}", code.replaceAll("[^A-Za-z0-9_.-]", "?"));
    response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
    response.setContentType(MediaType.TEXT_HTML_VALUE + ";charset=UTF-8");
    response.setHeader("Cache-Control", "no-store");
    response.getWriter().write(PAGE);
  }
}
