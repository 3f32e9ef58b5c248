package io.sharedredis.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.spring.security.aspnet.Recorded;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.session.web.http.CookieSerializer.CookieValue;
import tools.jackson.databind.JsonNode;

/** The session cookie in both forms; session.json holds what ASP.NET Core wrote and accepted. */
class SessionCookiesTest {

  private static final String NAME = ".AspNetCore.Session";
  private static final String ID = "AAabcdefghijklmnopqrstuvwxyz01234567";
  private static final JsonNode RECORD = Recorded.json("session.json");
  private static final DataProtection RING =
      Recorded.ring(RECORD.get("ring").asString(), RECORD.get("application").asString());
  private static final DataProtection OTHER =
      Recorded.ring(RECORD.get("ring").asString(), "another application");

  private final SessionCookies dotnet = dotnet(RING, true);
  private final SessionCookies spring =
      SessionCookies.asSpringSession(
          RING, new SessionCookies.Place("SESSION", List.of("former"), "/", false));

  @AfterAll
  static void close() {
    RING.close();
    OTHER.close();
  }

  @TestFactory
  Stream<DynamicTest> cookieOfDotNetNamesTheSessionKeyAndIsWrittenAlike() {
    return RECORD
        .get("sessions")
        .valueStream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      List<String> theirs = Recorded.texts(one.get("set_cookie"));
                      String key = one.get("cache_operations").get(0).get("key").asString();
                      MockHttpServletRequest request = request(Recorded.cookieHeader(theirs));
                      assertThat(dotnet.readCookieValues(request)).containsExactly(key);
                      assertThat(SessionCookies.issued(request)).isEqualTo(key);
                      String ours = written(dotnet, key);
                      assertThat(attributes(ours)).isEqualTo(attributes(theirs.get(0)));
                      assertThat(dotnet.readCookieValues(request(ours.split(";")[0])))
                          .containsExactly(key);
                      assertThat(ours.split(";")[0]).matches("\\.AspNetCore\\.Session=[\\w%]+");
                    }));
  }

  /** Where .NET makes a new session it asks its cache for a key that the cookie does not hold. */
  @TestFactory
  Stream<DynamicTest> oddCookieIsJudgedAsByDotNet() {
    return RECORD
        .get("other")
        .valueStream()
        .filter(one -> !one.get("cookie_header").isNull())
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      SessionCookies cookies = dotnet(RING, true);
                      String asked = one.get("cache_operations").get(0).get("key").asString();
                      List<String> ids =
                          cookies.readCookieValues(
                              request(Recorded.text(one.get("cookie_header"))));
                      if (ids.isEmpty()) {
                        assertThat(cookies.refused()).isEqualTo(1);
                        assertThat(one.toString()).doesNotContain("YWxpY2U=");
                      } else {
                        assertThat(ids).containsExactly(asked);
                        assertThat(cookies.refused()).isZero();
                      }
                    }));
  }

  @Test
  void cookieThatNobodyIssuedIsNoSessionAndCounted() {
    String good = written(dotnet, ID).split(";")[0];
    List<String> bad =
        List.of(
            written(dotnet(OTHER, true), ID).split(";")[0],
            good.substring(0, good.length() - 1),
            good.substring(0, NAME.length() + 20),
            NAME + "=" + ID,
            NAME + "=CfDJ8",
            NAME + "=%00%ff%zz",
            NAME + "=" + base64("no id"),
            NAME + "=");
    for (String cookie : bad) {
      assertThat(dotnet.readCookieValues(request(cookie))).as(cookie).isEmpty();
    }
    assertThat(dotnet.refused()).isEqualTo(bad.size());
  }

  @Test
  void ofTwoCookiesOfOneNameTheLastCountsAsInDotNet() {
    String first = written(dotnet, ID).split(";")[0];
    String second = written(dotnet, ID.replace('0', '9')).split(";")[0];
    assertThat(dotnet.readCookieValues(request(first + "; " + second)))
        .containsExactly(ID.replace('0', '9'));
  }

  @Test
  void cookieOfSpringSessionsFormIsReadAndMarkedForReplacement() {
    for (String name : List.of(NAME, "SESSION")) {
      List<String> ids = dotnet.readCookieValues(request(name + "=" + base64(ID)));
      assertThat(ids).hasSize(1);
      assertThat(ids.get(0)).isNotEqualTo(ID);
      assertThat(SessionCookies.id(ids.get(0))).isEqualTo(ID);
      assertThat(dotnet(RING, false).readCookieValues(request(name + "=" + base64(ID))))
          .containsExactly(ID);
    }
    assertThat(dotnet.refused()).isZero();
  }

  @Test
  void idThatComesWithoutProtectionIsRefusedWhereOnlyDotNetsFormIsTaken() {
    SessionCookies strict =
        SessionCookies.asDotnetOnly(
            RING, new SessionCookies.Place(NAME, List.of("SESSION"), "/", false));
    for (String name : List.of(NAME, "SESSION")) {
      assertThat(strict.readCookieValues(request(name + "=" + base64(ID)))).as(name).isEmpty();
      assertThat(strict.readCookieValues(request(name + "=" + ID))).as(name).isEmpty();
    }
    assertThat(strict.refused()).isEqualTo(4);
    String good = written(strict, ID).split(";")[0];
    assertThat(strict.readCookieValues(request(good))).containsExactly(ID);
    assertThat(strict.readCookieValues(request(good + "; SESSION=" + base64(ID))))
        .containsExactly(ID);
    assertThat(strict.readCookieValues(request(good.replace(NAME, "SESSION"))))
        .as("protected, under the former name")
        .containsExactly(ID);
    assertThat(strict.refused()).isEqualTo(5);
  }

  @Test
  void cookieOfDotNetsFormIsReadWhereSpringSessionsIsWritten() {
    String theirs = written(dotnet, ID).split("[=;]")[1];
    for (String name : List.of("SESSION", "former")) {
      assertThat(spring.readCookieValues(request(name + "=" + theirs))).contains(ID);
      assertThat(spring.readCookieValues(request(name + "=" + base64(ID)))).containsExactly(ID);
    }
    assertThat(written(spring, ID)).startsWith("SESSION=" + base64(ID) + ";");
    assertThat(spring.readCookieValues(request("other=" + theirs))).isEmpty();
    assertThat(spring.readCookieValues(new MockHttpServletRequest())).isEmpty();
  }

  @Test
  void cookieIsDeletedUnderItsNameAndPath() {
    assertThat(written(dotnet, ""))
        .startsWith(NAME + "=;")
        .contains("Max-Age=0")
        .contains("Path=/");
  }

  @Test
  void keyRingThatCannotBeReadDoesNotMakeAnybodyAnonymous() {
    DataProtector away =
        (DataProtector)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataProtector.class},
                (proxy, method, arguments) -> {
                  throw new StoreUnavailableException("away", null);
                });
    SessionCookies cookies = dotnet((purpose, more) -> away, true);
    MockHttpServletRequest request = request(written(dotnet, ID).split(";")[0]);
    assertThatThrownBy(() -> cookies.readCookieValues(request))
        .isInstanceOf(SessionsUnavailableException.class);
    assertThat(cookies.refused()).isZero();
  }

  private static SessionCookies dotnet(DataProtectionProvider ring, boolean replaces) {
    return SessionCookies.asDotnet(
        ring, new SessionCookies.Place(NAME, List.of("SESSION"), "/", false), replaces);
  }

  private static MockHttpServletRequest request(String cookies) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.addHeader("Cookie", cookies);
    request.setCookies(
        Arrays.stream(cookies.split("; "))
            .map(cookie -> cookie.split("=", 2))
            .map(cookie -> new jakarta.servlet.http.Cookie(cookie[0], cookie[1]))
            .toArray(jakarta.servlet.http.Cookie[]::new));
    return request;
  }

  private static String written(SessionCookies cookies, String id) {
    MockHttpServletResponse response = new MockHttpServletResponse();
    cookies.writeCookieValue(new CookieValue(new MockHttpServletRequest(), response, id));
    return response.getHeader("Set-Cookie");
  }

  private static TreeSet<String> attributes(String header) {
    TreeSet<String> attributes = new TreeSet<>();
    for (String attribute : header.substring(header.indexOf(';')).split("; *")) {
      attributes.add(attribute.toLowerCase(Locale.ROOT));
    }
    return attributes;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
