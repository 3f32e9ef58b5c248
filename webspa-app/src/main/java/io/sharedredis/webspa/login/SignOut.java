package io.sharedredis.webspa.login;

import io.sharedredis.spring.web.PublicUrl;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.authentication.logout.LogoutSuccessHandler;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.json.JsonMapper;

/**
 * After the shop's session is gone the browser goes on to the identity provider, whose session ends
 * too, and comes back to the home page. A form is redirected; a call that accepts JSON alone is
 * told the address in {@code redirect}.
 */
@Component
class SignOut implements LogoutSuccessHandler {

  private final PublicUrl publicUrl;
  private final JsonMapper json;

  SignOut(PublicUrl publicUrl, JsonMapper json) {
    this.publicUrl = publicUrl;
    this.json = json;
  }

  @Override
  public void onLogoutSuccess(
      HttpServletRequest request, HttpServletResponse response, @Nullable Authentication visitor)
      throws IOException {
    String target = target(visitor);
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    if (MediaType.APPLICATION_JSON_VALUE.equals(request.getHeader(HttpHeaders.ACCEPT))) {
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      response.getWriter().write(json.writeValueAsString(Map.of("redirect", target)));
    } else {
      response.sendRedirect(target);
    }
  }

  private String target(@Nullable Authentication visitor) {
    if (visitor == null || !(visitor.getPrincipal() instanceof OidcUser user)) {
      return publicUrl.resolve("/");
    }
    return UriComponentsBuilder.fromUriString(ShopClient.issuer(publicUrl) + "/connect/logout")
        .queryParam("id_token_hint", user.getIdToken().getTokenValue())
        .queryParam("post_logout_redirect_uri", "{home}")
        .encode()
        .buildAndExpand(publicUrl.resolve("/"))
        .toUriString();
  }
}
