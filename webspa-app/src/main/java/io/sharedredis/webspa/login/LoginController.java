package io.sharedredis.webspa.login;

import io.sharedredis.spring.web.PublicUrl;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The one way to begin a sign-in: a browser is sent to the identity provider and comes back. */
@RestController
class LoginController {

  private final PublicUrl publicUrl;

  LoginController(PublicUrl publicUrl) {
    this.publicUrl = publicUrl;
  }

  @GetMapping("/login")
  ResponseEntity<Void> login(
      @RequestParam(required = false) @Nullable String returnTo, HttpServletResponse response) {
    ReturnTarget.remember(returnTo, publicUrl.secure(), response);
    return ResponseEntity.status(HttpStatus.FOUND)
        .location(URI.create("/oauth2/authorization/" + ShopClient.REGISTRATION))
        .header("Cache-Control", "no-store")
        .build();
  }
}
