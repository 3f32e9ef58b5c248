package io.sharedredis.identity.oidc;

import io.sharedredis.identity.signin.PageModel;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationException;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationToken;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * Errors of requests that a browser makes. They go back to the client if the client and its
 * redirect address are known to be right (RFC 6749 §4.1.2.1), otherwise the person sees a page:
 * nobody is sent to an address that was not registered.
 */
@Component
class ProtocolErrorPage {

  void authorization(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
      throws IOException {
    String target = redirect(reason);
    if (target != null) {
      response.sendRedirect(target);
    } else {
      page(request, response, reason, "The sign-in request");
    }
  }

  void signOut(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
      throws IOException {
    ServerFault.throwIfCarried(reason);
    page(request, response, reason, "The sign-out request");
  }

  private static void page(
      HttpServletRequest request,
      HttpServletResponse response,
      AuthenticationException reason,
      String what)
      throws IOException {
    String text = what + " was refused.";
    if (reason instanceof OAuth2AuthenticationException protocol) {
      String description = protocol.getError().getDescription();
      text =
          "%s was refused: %s%s."
              .formatted(
                  what,
                  protocol.getError().getErrorCode(),
                  StringUtils.hasText(description) ? " (" + description + ")" : "");
    }
    request.setAttribute(PageModel.PROBLEM, text);
    response.sendError(HttpStatus.BAD_REQUEST.value());
  }

  private static @Nullable String redirect(AuthenticationException reason) {
    if (!(reason instanceof OAuth2AuthorizationCodeRequestAuthenticationException refused)) {
      return null;
    }
    OAuth2AuthorizationCodeRequestAuthenticationToken asked =
        refused.getAuthorizationCodeRequestAuthentication();
    if (asked == null || !StringUtils.hasText(asked.getRedirectUri())) {
      return null;
    }
    UriComponentsBuilder uri =
        UriComponentsBuilder.fromUriString(asked.getRedirectUri())
            .queryParam(OAuth2ParameterNames.ERROR, encoded(refused.getError().getErrorCode()));
    if (StringUtils.hasText(refused.getError().getDescription())) {
      uri.queryParam(
          OAuth2ParameterNames.ERROR_DESCRIPTION, encoded(refused.getError().getDescription()));
    }
    if (StringUtils.hasText(asked.getState())) {
      uri.queryParam(OAuth2ParameterNames.STATE, encoded(asked.getState()));
    }
    return uri.build(true).toUriString();
  }

  private static String encoded(String value) {
    return UriUtils.encode(value, StandardCharsets.UTF_8);
  }
}
