package io.sharedredis.spring.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.spring.session.SessionJson;
import jakarta.servlet.http.Cookie;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;

class SealedAuthorizationRequestsTest {

  private final KeyRepository ring = new InMemoryKeyRepository();
  private final SealedAuthorizationRequests one = replica(ring);
  private final SealedAuthorizationRequests two = replica(ring);

  @Test
  void signInBegunOnOneReplicaIsFinishedOnAnother() {
    Cookie cookie = begin("state-1").get(0);
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getAttribute("SameSite")).isEqualTo("Lax");
    assertThat(cookie.getMaxAge()).isEqualTo(600);
    assertThat(cookie.getValue()).doesNotContain("verifier").hasSizeLessThan(3000);

    MockHttpServletResponse response = new MockHttpServletResponse();
    OAuth2AuthorizationRequest back =
        two.removeAuthorizationRequest(answer("state-1", cookie), response);

    assertThat(back.getState()).isEqualTo("state-1");
    assertThat(back.getRedirectUri()).isEqualTo("http://localhost:8080/login/oauth2/code/shop");
    assertThat(back.getScopes()).containsExactlyInAnyOrder("openid", "orders");
    assertThat(back.<String>getAttribute("code_verifier")).isEqualTo("verifier");
    assertThat(back.getAdditionalParameters()).containsEntry("nonce", "n");
    assertThat(response.getCookies())
        .singleElement()
        .satisfies(gone -> assertThat(gone.getMaxAge()).isZero());
  }

  @Test
  void answerWithAnotherStateOrCookieOrRingFindsNothing() {
    Cookie first = begin("state-1").get(0);
    Cookie second = begin("state-2").get(0);
    assertThat(two.loadAuthorizationRequest(answer("state-2", first))).isNull();
    Cookie swapped = new Cookie(second.getName(), first.getValue());
    assertThat(two.loadAuthorizationRequest(answer("state-2", swapped))).isNull();
    Cookie broken = new Cookie(first.getName(), first.getValue().substring(3) + "!");
    assertThat(two.loadAuthorizationRequest(answer("state-1", broken))).isNull();
    assertThat(
            replica(new InMemoryKeyRepository()).loadAuthorizationRequest(answer("state-1", first)))
        .isNull();
    assertThat(two.loadAuthorizationRequest(answer(null, first))).isNull();
  }

  @Test
  void tabsDoNotDisturbEachOtherAndOldOnesGiveWay() {
    List<Cookie> jar = new ArrayList<>();
    for (int tab = 1; tab <= 6; tab++) {
      MockHttpServletRequest request = new MockHttpServletRequest();
      request.setCookies(jar.toArray(Cookie[]::new));
      MockHttpServletResponse response = new MockHttpServletResponse();
      one.saveAuthorizationRequest(request("state-" + tab), request, response);
      for (Cookie cookie : response.getCookies()) {
        jar.removeIf(old -> old.getName().equals(cookie.getName()));
        if (cookie.getMaxAge() > 0) {
          jar.add(cookie);
        }
      }
    }
    assertThat(jar).hasSize(4);
    assertThat(two.loadAuthorizationRequest(answer("state-1", jar))).isNull();
    assertThat(two.loadAuthorizationRequest(answer("state-3", jar))).isNotNull();
    assertThat(two.loadAuthorizationRequest(answer("state-6", jar))).isNotNull();
  }

  private List<Cookie> begin(String state) {
    MockHttpServletResponse response = new MockHttpServletResponse();
    one.saveAuthorizationRequest(request(state), new MockHttpServletRequest(), response);
    return List.of(response.getCookies());
  }

  private static MockHttpServletRequest answer(String state, Cookie cookie) {
    return answer(state, List.of(cookie));
  }

  private static MockHttpServletRequest answer(String state, List<Cookie> cookies) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setCookies(cookies.toArray(Cookie[]::new));
    if (state != null) {
      request.setParameter("state", state);
    }
    return request;
  }

  private static OAuth2AuthorizationRequest request(String state) {
    return OAuth2AuthorizationRequest.authorizationCode()
        .authorizationUri("http://localhost:8080/identity/oauth2/authorize")
        .clientId("webspa")
        .redirectUri("http://localhost:8080/login/oauth2/code/shop")
        .scopes(Set.of("openid", "orders"))
        .state(state)
        .additionalParameters(Map.of("nonce", "n", "code_challenge_method", "S256"))
        .attributes(Map.of("code_verifier", "verifier", "registration_id", "shop"))
        .build();
  }

  private SealedAuthorizationRequests replica(KeyRepository repository) {
    DataProtection protection =
        DataProtection.open(
            DataProtectionOptions.builder().applicationName("app").build(), repository);
    return new SealedAuthorizationRequests(
        protection, new SessionJson(getClass().getClassLoader(), List.of()), false);
  }
}
