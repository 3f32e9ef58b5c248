package io.sharedredis.spring.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.security.web.savedrequest.DefaultSavedRequest;

/** The reader of attributes: a value of a type that is on the list, or nothing; never a failure. */
class SessionJsonFuzzTest {

  private static final SessionJson JSON =
      new SessionJson(SessionJsonFuzzTest.class.getClassLoader(), List.of());
  private static final AllowedTypes ALLOWED = new AllowedTypes(List.of());

  /** What JSON says by itself, without the name of a type. */
  private static final Set<Class<?>> NATURAL =
      Set.of(String.class, Boolean.class, Integer.class, Double.class);

  /** What the JDK makes of these is of a class of its own. */
  private static final Set<Class<?>> BY_PUBLIC_NAME = Set.of(TimeZone.class, X509Certificate.class);

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void attribute(byte[] input) {
    assertOnTheList(JSON.deserialize(input));
    assertThat(SessionPlace.read(Optional.of(input)).deviceName()).isNotNull();
  }

  private static void assertOnTheList(@Nullable Object value) {
    if (value == null) {
      return;
    }
    assertThat(
            NATURAL.contains(value.getClass())
                || BY_PUBLIC_NAME.stream().anyMatch(type -> type.isInstance(value))
                || ALLOWED.allows(value.getClass().getName()))
        .as(value.getClass().getName())
        .isTrue();
    if (value instanceof Collection<?> collection) {
      collection.forEach(SessionJsonFuzzTest::assertOnTheList);
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(SessionJsonFuzzTest::assertOnTheList);
    }
  }

  static Stream<byte[]> attribute() {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/basket");
    request.addHeader("Accept", "text/html");
    Map<String, Object> map = new HashMap<>();
    map.put("list", new ArrayList<>(List.of(1, 2L, "three", 4.5, true)));
    map.put("when", Instant.EPOCH);
    map.put("how long", Duration.ofSeconds(5));
    map.put("where", URI.create("http://localhost/"));
    map.put("which", new UUID(1, 2));
    UsernamePasswordAuthenticationToken alice =
        UsernamePasswordAuthenticationToken.authenticated(
            new User("alice", "{noop}none", Set.of(new SimpleGrantedAuthority("ROLE_USER"))),
            null,
            Set.of(new SimpleGrantedAuthority("ROLE_USER")));
    alice.setDetails(new WebAuthenticationDetails("127.0.0.1", "id"));
    return Stream.concat(
        Stream.of(
                Stream.of(
                    "text",
                    7,
                    8L,
                    map,
                    new SecurityContextImpl(alice),
                    new DefaultCsrfToken("X-CSRF-TOKEN", "_csrf", "token"),
                    new DefaultSavedRequest(request)),
                LaterSessionValues.all().values().stream(),
                PasskeyValues.all().values().stream())
            .flatMap(values -> values)
            .map(JSON::serialize),
        Stream.of(
                "null",
                "{\"device\":null}",
                "{\"@class\":\"javax.management.loading.MLet\"}",
                "[\"java.util.ArrayList\",[[\"java.net.URL\",\"x:y\"]]]",
                "{\"device\":\"a browser\",\"address\":\"127.0.0.1\",\"replica\":\"one\"}",
                "{\"@class\":\"org.springframework.security.core.context.SecurityContextImpl\"}")
            .map(text -> text.getBytes(UTF_8)));
  }
}
