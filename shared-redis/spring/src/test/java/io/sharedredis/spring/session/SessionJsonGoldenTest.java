package io.sharedredis.spring.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Spring Security and Spring MVC keep in sessions, as the first version wrote it: recorded
 * once, never made again. A session of before an update of Spring Security, or of Jackson, is read
 * after it, and one of after it is read where the update is still to come.
 */
class SessionJsonGoldenTest {

  /** What Spring Security's readers, and the Servlet API's cookie, do not give back. */
  private static final String[] LOST = {
    ".*userNameAttributeName", ".*cookie\\.attributes", "encoder"
  };

  /** Parts of other values: their names are not written. */
  private static final Set<String> NAMELESS =
      Set.of(
          "org.springframework.security.oauth2.client.registration.ClientRegistration$ClientSettings",
          "org.springframework.security.oauth2.core.AuthenticationMethod",
          "org.springframework.security.oauth2.core.AuthorizationGrantType",
          "org.springframework.security.oauth2.core.ClientAuthenticationMethod",
          "org.springframework.security.oauth2.core.OAuth2AccessToken$TokenType",
          "org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponseType",
          "org.springframework.security.web.savedrequest.DefaultSavedRequest$Builder");

  private static final Map<String, Object> VALUES = SessionValues.all();

  private final SessionJson json = new SessionJson(getClass().getClassLoader(), List.of());
  private final JsonMapper plain =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  static Stream<String> names() {
    return VALUES.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void valueThatTheFirstVersionWroteIsReadAsWhatItWas(String name) throws IOException {
    Object read = json.deserialize(recorded(name).getBytes(UTF_8));
    assertThat(read)
        .usingRecursiveComparison(
            RecursiveComparisonConfiguration.builder()
                .withIgnoredFieldsMatchingRegexes(LOST)
                // A certificate's are the JDK's affair.
                .withEqualsForFieldsMatchingRegexes(Objects::equals, ".*credentials")
                .build())
        .isEqualTo(VALUES.get(name));
    assertThat(read).hasSameClassAs(VALUES.get(name));
  }

  /** In whatever order: that of an object's fields is the machine's affair. */
  @ParameterizedTest
  @MethodSource("names")
  void valueIsWrittenTodayAsTheFirstVersionWroteIt(String name) throws IOException {
    byte[] written = json.write(VALUES.get(name));
    assertThat(plain.readTree(written)).isEqualTo(plain.readTree(recorded(name)));
  }

  @Test
  void everyTypeOfSpringThatASessionTakesIsRecorded() throws IOException {
    Set<String> recorded = new TreeSet<>(NAMELESS);
    Pattern type =
        Pattern.compile("\"((?:org\\.springframework|org\\.apereo|jakarta)\\.[\\w.$]+)\"");
    for (String name : VALUES.keySet()) {
      Matcher found = type.matcher(recorded(name));
      while (found.find()) {
        recorded.add(found.group(1));
      }
    }
    assertThat(recorded).containsAll(AllowedTypes.ofFrameworks());
  }

  private String recorded(String name) throws IOException {
    try (InputStream file = getClass().getResourceAsStream("json-v1/" + name + ".json")) {
      assertThat(file).as(name).isNotNull();
      return new String(file.readAllBytes(), UTF_8);
    }
  }
}
