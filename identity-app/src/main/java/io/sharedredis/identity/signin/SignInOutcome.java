package io.sharedredis.identity.signin;

import io.sharedredis.identity.startup.AvailabilityFilter;
import io.sharedredis.spring.session.SessionLimitException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.stereotype.Component;

/**
 * What follows a posted sign-in form: on to where the person wanted to go, or the form again with
 * the reason.
 */
@Component
class SignInOutcome implements AuthenticationSuccessHandler, AuthenticationFailureHandler {

  /** Request attribute with the sentence that the form shows. */
  static final String MESSAGE = SignInOutcome.class.getName() + ".message";

  private static final Logger log = LoggerFactory.getLogger(SignInOutcome.class);

  private final InstantSource time;

  SignInOutcome(InstantSource time) {
    this.time = time;
  }

  @Override
  public void onAuthenticationSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication who)
      throws IOException, ServletException {
    String target = ContinueTarget.accepted(request.getParameter(ContinueTarget.PARAMETER));
    try {
      response.sendRedirect(request.getContextPath() + target);
    } catch (SessionLimitException e) {
      beyondLimit(request, response);
    }
  }

  /** The session is saved with the answer: only then it is known that there is no room for it. */
  private static void beyondLimit(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    SecurityContextHolder.clearContext();
    HttpSession session = request.getSession(false);
    if (session != null && session.isNew()) {
      // So that no cookie of a session is set that was never there.
      session.invalidate();
    }
    again(
        request,
        response,
        HttpStatus.CONFLICT,
        "You are signed in at as many places as allowed. Sign out at one of them and try again.");
  }

  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
      throws IOException, ServletException {
    if (reason instanceof NameLockedException locked) {
      long seconds = Math.max(1, Duration.between(time.instant(), locked.until()).toSeconds());
      response.setHeader("Retry-After", Long.toString(seconds));
      long minutes = (seconds + 59) / 60;
      again(
          request,
          response,
          HttpStatus.TOO_MANY_REQUESTS,
          "Too many failed sign-ins for this name. Try again in %d %s."
              .formatted(minutes, minutes == 1 ? "minute" : "minutes"));
    } else if (AvailabilityFilter.isDatabaseAway(reason)) {
      log.warn("Sign-in refused: the database does not answer: {}", reason.getMessage());
      response.setHeader("Retry-After", "2");
      again(
          request,
          response,
          HttpStatus.SERVICE_UNAVAILABLE,
          "Signing in is not possible at the moment. Please try again in a few seconds.");
    } else if (reason instanceof DisabledException) {
      again(
          request,
          response,
          HttpStatus.FORBIDDEN,
          "This account is closed. Please contact the shop.");
    } else {
      again(request, response, HttpStatus.UNAUTHORIZED, "Name or password is not right.");
    }
  }

  private static void again(
      HttpServletRequest request, HttpServletResponse response, HttpStatus status, String message)
      throws IOException, ServletException {
    response.setStatus(status.value());
    request.setAttribute(MESSAGE, message);
    request.getRequestDispatcher(PageController.SIGN_IN_AGAIN).forward(request, response);
  }
}
