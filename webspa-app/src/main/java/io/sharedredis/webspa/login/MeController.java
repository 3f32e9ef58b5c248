package io.sharedredis.webspa.login;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who is signed in, and what the checkout form can be filled with. */
@RestController
class MeController {

  private final Profile profile;

  MeController(Profile profile) {
    this.profile = profile;
  }

  /** The visitor as the single-page app wants it; only {@code signedIn} when nobody is. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Me(
      boolean signedIn,
      @Nullable String name,
      @Nullable String userName,
      @Nullable String email,
      @Nullable Address address,
      @Nullable Card card) {}

  record Address(
      @Nullable String street,
      @Nullable String city,
      @Nullable String state,
      @Nullable String country,
      @Nullable String zipCode) {}

  /** No security code: it is typed for each purchase. */
  record Card(@Nullable String holder, @Nullable String number, @Nullable String expiration) {

    @Override
    public String toString() {
      return "Card[not shown]";
    }
  }

  @GetMapping("/api/v1/me")
  ResponseEntity<Me> me(@Nullable Authentication visitor) {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(describe(visitor));
  }

  private Me describe(@Nullable Authentication visitor) {
    if (visitor instanceof JwtAuthenticationToken bearer) {
      String name = bearer.getName();
      return new Me(true, name, name, null, null, null);
    }
    if (visitor == null || !(visitor.getPrincipal() instanceof OidcUser user)) {
      return new Me(false, null, null, null, null, null);
    }
    Map<String, Object> claims = profile.of(visitor).orElseGet(Map::of);
    String userName = Buyer.of(visitor).name();
    String name = user.getFullName() == null ? userName : user.getFullName();
    return new Me(true, name, userName, user.getEmail(), address(claims), card(claims));
  }

  private static @Nullable Address address(Map<String, Object> claims) {
    return claims.containsKey("address_street")
        ? new Address(
            text(claims, "address_street"),
            text(claims, "address_city"),
            text(claims, "address_state"),
            text(claims, "address_country"),
            text(claims, "address_zip_code"))
        : null;
  }

  private static @Nullable Card card(Map<String, Object> claims) {
    return claims.containsKey("card_number")
        ? new Card(
            text(claims, "card_holder"),
            text(claims, "card_number"),
            text(claims, "card_expiration"))
        : null;
  }

  private static @Nullable String text(Map<String, Object> claims, String name) {
    return claims.get(name) instanceof String value ? value : null;
  }
}
