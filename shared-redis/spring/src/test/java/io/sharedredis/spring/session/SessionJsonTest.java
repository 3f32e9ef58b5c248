package io.sharedredis.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.serializer.SerializationException;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUserAuthority;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.savedrequest.DefaultSavedRequest;

class SessionJsonTest {

  static final AtomicBoolean loaded = new AtomicBoolean();

  private final SessionJson json = new SessionJson(getClass().getClassLoader(), List.of());

  @Test
  void signInByOpenIdConnectComesBackAsItWas() throws Exception {
    Instant issued = Instant.parse("2026-11-22T10:00:00.123456Z");
    OidcIdToken idToken =
        new OidcIdToken(
            "eyJ.id.token",
            issued,
            issued.plusSeconds(300),
            Map.of(
                "iss",
                new URL("http://localhost:8080/identity"),
                "sub",
                "7b9c",
                "aud",
                List.of("webspa"),
                "iat",
                issued,
                "exp",
                issued.plusSeconds(300),
                "unique_name",
                "alice",
                "auth_time",
                1_700_000_000L,
                "address",
                Map.of("city", "Redmond")));
    OidcUserInfo info = new OidcUserInfo(Map.of("sub", "7b9c", "unique_name", "alice"));
    DefaultOidcUser user =
        new DefaultOidcUser(
            Set.of(
                new OidcUserAuthority(idToken, info), new SimpleGrantedAuthority("SCOPE_orders")),
            idToken,
            info,
            "unique_name");
    OAuth2AuthenticationToken authentication =
        new OAuth2AuthenticationToken(user, user.getAuthorities(), "shop");
    authentication.setDetails(new WebAuthenticationDetails("127.0.0.1", "session-id"));
    SecurityContextImpl context = new SecurityContextImpl(authentication);

    SecurityContextImpl back = again(context);

    assertThat(back).isEqualTo(context);
    DefaultOidcUser backUser = (DefaultOidcUser) back.getAuthentication().getPrincipal();
    assertThat(backUser.getName()).isEqualTo("alice");
    assertThat(backUser.getIdToken().getTokenValue()).isEqualTo("eyJ.id.token");
    assertThat(backUser.getClaims()).isEqualTo(user.getClaims());
    assertThat(backUser.getClaims().get("auth_time")).isEqualTo(1_700_000_000L);
    assertThat(backUser.getExpiresAt()).isEqualTo(issued.plusSeconds(300));
  }

  @Test
  void authorizedClientsComeBackWithTheirTokens() {
    Instant issued = Instant.parse("2026-11-22T10:00:00Z");
    ClientRegistration registration =
        ClientRegistration.withRegistrationId("shop")
            .clientId("webspa")
            .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
            .redirectUri("http://localhost:8080/login/oauth2/code/shop")
            .authorizationUri("http://localhost:8080/identity/oauth2/authorize")
            .tokenUri("http://localhost:8080/identity/oauth2/token")
            .scope("openid", "orders")
            .build();
    OAuth2AuthorizedClient client =
        new OAuth2AuthorizedClient(
            registration,
            "alice",
            new OAuth2AccessToken(
                OAuth2AccessToken.TokenType.BEARER,
                "access",
                issued,
                issued.plusSeconds(300),
                Set.of("openid", "orders")),
            new OAuth2RefreshToken("refresh", issued));
    Map<String, OAuth2AuthorizedClient> back =
        again(new java.util.HashMap<>(Map.of("shop", client)));
    assertThat(back.get("shop").getAccessToken().getTokenValue()).isEqualTo("access");
    assertThat(back.get("shop").getAccessToken().getScopes())
        .containsExactlyInAnyOrder("openid", "orders");
    assertThat(back.get("shop").getRefreshToken().getTokenValue()).isEqualTo("refresh");
    assertThat(back.get("shop").getClientRegistration().getClientId()).isEqualTo("webspa");
  }

  @Test
  void signInByPasswordComesBackWithoutThePassword() {
    User user = new User("alice", "{bcrypt}hash", List.of(new SimpleGrantedAuthority("ROLE_USER")));
    user.eraseCredentials();
    SecurityContextImpl context =
        new SecurityContextImpl(
            UsernamePasswordAuthenticationToken.authenticated(user, null, user.getAuthorities()));
    assertThat(again(context)).isEqualTo(context);
    assertThat(new String(json.serialize(context), StandardCharsets.UTF_8)).doesNotContain("hash");
  }

  @Test
  void savedRequestComesBack() {
    MockHttpServletRequest request =
        new MockHttpServletRequest("GET", "/identity/oauth2/authorize");
    request.setQueryString("client_id=webspa&state=x%2By");
    request.setParameter("client_id", "webspa");
    request.addHeader("Accept", "text/html");
    request.setCookies(new jakarta.servlet.http.Cookie("a", "b"));
    DefaultSavedRequest saved = new DefaultSavedRequest(request);
    DefaultSavedRequest back = again(saved);
    assertThat(back.getRedirectUrl()).isEqualTo(saved.getRedirectUrl());
    assertThat(back.getHeaderValues("accept")).containsExactly("text/html");
    assertThat(back.getParameterValues("client_id")).containsExactly("webspa");
  }

  @Test
  void plainValuesComeBackAsTheTypeTheyWere() {
    for (Object value :
        List.of(
            "text",
            5,
            5L,
            1.5,
            true,
            Instant.parse("2026-11-22T10:00:00.000000001Z"),
            Duration.ofMillis(7),
            List.of("a", 2L),
            Set.of("x"),
            Map.of("k", List.of(1)))) {
      assertThat(this.<Object>again(value)).isEqualTo(value);
    }
  }

  @Test
  void typeThatIsNotOnTheListIsRefusedWithoutLoadingItsClass() {
    loaded.set(false);
    String name = SessionJsonTest.class.getName() + "$Gadget";
    for (String stored :
        List.of(
            "{\"@class\":\"" + name + "\"}",
            "[\"" + name + "\",\"text\"]",
            "[\"java.util.ArrayList\",[[\"" + name + "\",{}]]]",
            "{\"@class\":\"java.util.HashMap\",\"k\":{\"@class\":\"" + name + "\"}}")) {
      assertThat(json.deserialize(stored.getBytes(StandardCharsets.UTF_8))).as(stored).isNull();
    }
    assertThat(loaded).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "not json",
        "{\"@class\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\"ldap://x\"}",
        "[\"java.lang.ProcessBuilder\",{}]",
        "[\"java.util.ArrayList<java.lang.ProcessBuilder>\",[{}]]",
        "[\"java.util.HashMap<java.lang.String,java.lang.ProcessBuilder>\",{\"a\":{}}]",
        "{\"@class\":\"java.lang.Object\"}",
        "[\"[Ljava.lang.Object;\",[]]",
      })
  void valueThatCannotBeReadIsDropped(String stored) {
    assertThat(json.deserialize(stored.getBytes(StandardCharsets.UTF_8))).isNull();
  }

  @Test
  void applicationAddsTypesOfItsOwn() {
    SessionJson wider =
        new SessionJson(getClass().getClassLoader(), List.of(SessionTypes.of(Wish.class)));
    Wish wish = new Wish("a mug", 2);
    byte[] stored = wider.serialize(wish);
    assertThat(wider.refuses(wish)).isFalse();
    assertThat(wider.deserialize(stored)).isEqualTo(wish);
    assertThat(json.deserialize(stored)).isNull();
  }

  @Test
  void typeThatWouldNotBeReadAgainIsAnErrorWhereItIsWrittenThatNamesTypeAndSetting() {
    Map<String, Object> deep = new java.util.HashMap<>();
    deep.put("wish", new Wish("a mug", 2));
    for (Object value :
        List.of(
            new Wish("a mug", 2),
            List.of(new Wish("a mug", 2)),
            Map.of("a", List.of(1, new Wish("a mug", 2))),
            deep)) {
      assertThatThrownBy(() -> json.write(value))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining(Wish.class.getName())
          .hasMessageContaining("shared-redis.session.attribute-types")
          .hasMessageNotContaining("a mug");
    }
    for (Object value : List.of(new int[] {1}, Thread.State.NEW, new Basket(2))) {
      assertThatThrownBy(() -> json.write(value))
          .hasMessageContaining("shared-redis.session.attribute-types");
    }
    // Spring Session's repository is told of it in the log: its frameworks put such things in.
    assertThat(json.deserialize(json.serialize(new Basket(2)))).isNull();
    assertThat(json.refuses(new Basket(2))).isTrue();
    assertThat(json.refuses("text")).isFalse();
    assertThat(json.refuses(List.of())).isFalse();
  }

  @Test
  void recordOfTheApplicationComesBack() {
    SessionJson wider =
        new SessionJson(getClass().getClassLoader(), List.of(SessionTypes.of(Basket.class)));
    assertThat(wider.deserialize(wider.serialize(new Basket(2)))).isEqualTo(new Basket(2));
    List<Basket> baskets = new ArrayList<>(List.of(new Basket(1)));
    assertThat(wider.deserialize(wider.serialize(baskets))).isEqualTo(baskets);
  }

  @SuppressWarnings("unchecked")
  private <T> T again(T value) {
    assertThat(json.serialize(value)).isEqualTo(json.write(value));
    return (T) json.deserialize(json.write(value));
  }

  /** Says so when it is loaded. */
  static final class Gadget {
    static {
      loaded.set(true);
    }
  }

  /** Final, as records are. */
  public record Basket(int mugs) {}

  /** Something an application keeps in a session; not final, as Jackson types such classes. */
  public static class Wish {
    public String what = "";
    public int count;

    Wish() {}

    Wish(String what, int count) {
      this.what = what;
      this.count = count;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Wish wish && wish.what.equals(what) && wish.count == count;
    }

    @Override
    public int hashCode() {
      return what.hashCode();
    }
  }
}
