package io.sharedredis.identity.signin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.stereotype.Component;

/** Sends a browser that is not signed in to the sign-in page, remembering where it wanted to go. */
@Component
public class SignInEntryPoint implements AuthenticationEntryPoint {

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
      throws IOException {
    String target = ContinueTarget.accepted(ContinueTarget.of(request));
    String query =
        target.equals(ContinueTarget.ACCOUNT)
            ? ""
            : "?"
                + ContinueTarget.PARAMETER
                + "="
                + URLEncoder.encode(target, StandardCharsets.UTF_8);
    response.sendRedirect(request.getContextPath() + "/login" + query);
  }
}
