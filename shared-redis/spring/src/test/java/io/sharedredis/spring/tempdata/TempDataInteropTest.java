package io.sharedredis.spring.tempdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.spring.security.aspnet.Recorded;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.JsonNode;

/** tempdata.json: what ASP.NET Core MVC saved, and what it loads of odd content. */
class TempDataInteropTest {

  private static final JsonNode RECORD = Recorded.json("tempdata.json");
  private static final DataProtection RING = ring();
  private static final String NAME = ".AspNetCore.Mvc.CookieTempDataProvider";

  private final TempDataCookie tempData = new TempDataCookie(RING, "/", false);

  @AfterAll
  static void close() {
    RING.close();
  }

  @TestFactory
  Stream<DynamicTest> cookieOfDotNetIsLoadedAsDotNetLoadsItAndWrittenAlike() {
    // Left out: what .NET itself refuses to save, which is a test of its own below.
    return RECORD
        .get("tempdata")
        .valueStream()
        .filter(one -> !one.get("set_cookie").isEmpty())
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      Map<String, Object> values = tempData.read(request(one));
                      if (one.get("loaded").isObject()) {
                        assertThat(values).isEqualTo(loaded(one.get("loaded")));
                      } else {
                        assertThat(values.values().iterator().next().toString())
                            .hasSize(characters(one.get("loaded")));
                      }
                      // Empty arrays are loaded as nothing; long texts and nothing have no text.
                      String plaintext =
                          one.has("plaintext_text") ? text(one.get("plaintext_text")) : "[]";
                      if (!plaintext.contains("[]")) {
                        assertThat(TempDataWriter.write(values)).isEqualTo(plaintext);
                      }
                      RawResponse response = new RawResponse();
                      tempData.write(values, new MockHttpServletRequest(), response);
                      assertThat(response.setCookie)
                          .extracting(header -> header.replaceFirst("=[^;]*", "="))
                          .isEqualTo(
                              texts(one.get("set_cookie")).stream()
                                  .map(header -> header.replaceFirst("=[^;]*", "="))
                                  .toList());
                    }));
  }

  @TestFactory
  Stream<DynamicTest> oddContentIsLoadedAsByDotNet() {
    return RECORD
        .get("forged")
        .valueStream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    "content " + text(one.get("plaintext_text")),
                    () ->
                        assertThat(TempDataReader.read(text(one.get("plaintext_text"))))
                            .isEqualTo(loaded(one.get("loaded")))));
  }

  @Test
  void whatIsTakenOutIsDeletedWithItsChunks() {
    JsonNode emptied = RECORD.get("emptied");
    int chunks = emptied.get("set_cookie_when_chunked").size() - 1;
    MockHttpServletRequest chunked = new MockHttpServletRequest();
    chunked.addHeader("Cookie", NAME + "=chunks-" + chunks);
    for (int chunk = 1; chunk <= chunks; chunk++) {
      chunked.addHeader("Cookie", NAME + "C" + chunk + "=CfDJ8");
    }
    RawResponse response = new RawResponse();
    tempData.write(Map.of(), chunked, response);
    assertThat(response.setCookie).isEqualTo(texts(emptied.get("set_cookie_when_chunked")));
    RawResponse plain = new RawResponse();
    tempData.write(Map.of(), new MockHttpServletRequest(), plain);
    assertThat(plain.setCookie).isEqualTo(texts(emptied.get("set_cookie")));
  }

  @Test
  void valueOfAnotherTypeIsRefusedByName() {
    for (Object value :
        List.of(1L, 1.5, 'c', new byte[1], List.of(true), List.of("a", 1), Map.of("a", 1))) {
      assertThatThrownBy(() -> TempDataWriter.write(Map.of("mine", value)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'mine'");
    }
  }

  @Test
  void datesKeepTheirHundredNanoseconds() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("i", Instant.parse("2025-01-02T03:04:05.1234567Z"));
    values.put("l", LocalDateTime.parse("2025-01-02T03:04:00"));
    String json = TempDataWriter.write(values);
    assertThat(json)
        .isEqualTo("{\"i\":\"2025-01-02T03:04:05.1234567Z\",\"l\":\"2025-01-02T03:04:00\"}");
    assertThat(TempDataReader.read(json)).isEqualTo(values);
    for (String text : List.of("2025-13-02", "2025-01-02T", "2025-01-02T25:00", "2025-01-02Z")) {
      assertThat(TempDataReader.read("{\"a\":\"" + text + "\"}")).containsEntry("a", text);
    }
  }

  @Test
  void cookieThatIsNotGoodHoldsNothing() {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.addHeader("Cookie", NAME + "=CfDJ8abc");
    assertThat(tempData.read(request)).isEmpty();
    assertThat(tempData.read(new MockHttpServletRequest())).isEmpty();
  }

  /** Long values are recorded as "6000 characters". */
  private static int characters(JsonNode loaded) {
    return Integer.parseInt(loaded.asString().replaceAll("\\D", ""));
  }

  private static Map<String, Object> loaded(JsonNode described) {
    Map<String, Object> values = new LinkedHashMap<>();
    described.properties().forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
    return values;
  }

  private static Object value(JsonNode described) {
    JsonNode value = described.get("value");
    if (described.get("type").isNull()) {
      return null;
    }
    return switch (described.get("type").asString().replaceAll("^System\\.|`.*$", "")) {
      case "String" -> text(value);
      case "Int32" -> value.asInt();
      case "Boolean" -> value.asBoolean();
      case "Guid" -> UUID.fromString(value.asString());
      case "DateTime" -> date(value.asString());
      case "String[]" -> texts(value);
      case "Int32[]" -> value.valueStream().map(JsonNode::asInt).toList();
      default -> {
        Map<String, String> map = new LinkedHashMap<>();
        value
            .properties()
            .forEach(
                entry ->
                    map.put(
                        entry.getKey(),
                        entry.getValue().isNull() ? null : entry.getValue().asString()));
        yield map;
      }
    };
  }

  private static Object date(String text) {
    return text.matches(".*(Z|[+-]\\d\\d:\\d\\d)$")
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text);
  }

  private static MockHttpServletRequest request(JsonNode one) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.addHeader(
        "Cookie",
        texts(one.get("set_cookie")).stream()
            .map(header -> header.substring(0, header.indexOf(';')))
            .collect(Collectors.joining("; ")));
    return request;
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(TempDataInteropTest::text).toList();
  }

  private static String text(JsonNode node) {
    return node.isArray()
        ? node.valueStream().map(JsonNode::asString).collect(Collectors.joining())
        : node.asString();
  }

  private static DataProtection ring() {
    InMemoryKeyRepository repository = new InMemoryKeyRepository();
    Recorded.json("keyrings.json")
        .get("rings")
        .valueStream()
        .filter(ring -> ring.get("name").equals(RECORD.get("ring")))
        .flatMap(ring -> ring.get("redis_items").valueStream())
        .forEach(item -> repository.store(new KeyItem(text(item), "")));
    return DataProtection.open(
        DataProtectionOptions.builder()
            .applicationName(RECORD.get("application").asString())
            .build(),
        repository);
  }

  /** Keeps headers as they were written. */
  private static final class RawResponse extends MockHttpServletResponse {

    private final List<String> setCookie = new ArrayList<>();

    @Override
    public void addHeader(String name, String value) {
      setCookie.add(value);
    }
  }
}
