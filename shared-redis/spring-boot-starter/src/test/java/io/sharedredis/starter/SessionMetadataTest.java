package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.starter.SharedRedisProperties.Session;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What editors and people are told of the settings of sessions. */
class SessionMetadataTest {

  private static final String SESSION = "shared-redis.session.";

  /** Every setting with its default, empty where there is none or it depends on others. */
  private static final Map<String, String> SETTINGS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("redis.url", ""),
              Map.entry("store", "shared"),
              Map.entry("timeout", "30m"),
              Map.entry("touch-interval", ""),
              Map.entry("max-sessions-per-user", "0"),
              Map.entry("beyond-limit", "end-oldest"),
              Map.entry("max-attribute-size", "1MB"),
              Map.entry("max-attributes", "1000"),
              Map.entry("attribute-types", ""),
              Map.entry("migrate-from", "none"),
              Map.entry("when-unavailable.anonymous", ""),
              Map.entry("cookie-format", "spring-session"),
              Map.entry("cookie.name", ""),
              Map.entry("cookie.path", ""),
              Map.entry("cookie.former-names", ""),
              Map.entry("cookie.former-format", "none"),
              Map.entry("dotnet.enabled", "false"),
              Map.entry("dotnet.instance-name", ""),
              Map.entry("dotnet.idle-timeout", "20m"),
              Map.entry("dotnet.max-size", "1MB"),
              Map.entry("l1.enabled", "false"),
              Map.entry("l1.ttl", "1s"),
              Map.entry("l1.max-entries", "10000")));

  @Test
  void everySettingOfSessionsIsNamedHereWithItsDefault() {
    Map<String, String> settings = new TreeMap<>();
    collect("", Session.class, settings);
    assertThat(settings).isEqualTo(SETTINGS);
  }

  @Test
  void everySettingOfSessionsHasATypeADescriptionAndItsDefaultInTheMetadata() throws IOException {
    Map<String, JsonNode> described = metadata();
    assertThat(described.keySet()).isEqualTo(SETTINGS.keySet());
    described.forEach(
        (name, property) -> {
          assertThat(text(property, "description")).as(name).hasSizeGreaterThan(8);
          assertThat(text(property, "type")).as(name).contains(".");
          assertThat(text(property, "defaultValue")).as(name).isEqualTo(SETTINGS.get(name));
        });
  }

  private static void collect(String prefix, Class<?> settings, Map<String, String> into) {
    for (RecordComponent component : settings.getRecordComponents()) {
      String name = prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase();
      Class<?> type = component.getType();
      if (type.isRecord()) {
        collect(name + ".", type, into);
      } else {
        into.put(name, value(settings, component));
      }
    }
  }

  /** Annotations of a record's components are those of its constructor's parameters here. */
  private static String value(Class<?> settings, RecordComponent component) {
    RecordComponent[] all = settings.getRecordComponents();
    int index = Stream.of(all).map(RecordComponent::getName).toList().indexOf(component.getName());
    return Stream.of(settings.getDeclaredConstructors()[0].getParameters()[index])
        .map(parameter -> Optional.ofNullable(parameter.getAnnotation(DefaultValue.class)))
        .map(value -> value.map(given -> String.join(",", given.value())).orElse(""))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, JsonNode> metadata() throws IOException {
    Map<String, JsonNode> described = new TreeMap<>();
    String own =
        SharedRedisProperties.class.getProtectionDomain().getCodeSource().getLocation() + "";
    var files =
        SessionMetadataTest.class
            .getClassLoader()
            .getResources("META-INF/spring-configuration-metadata.json");
    while (files.hasMoreElements()) {
      var file = files.nextElement();
      if (file.toString().contains(own)) {
        try (InputStream json = file.openStream()) {
          for (JsonNode property : JsonMapper.shared().readTree(json).get("properties")) {
            String name = text(property, "name");
            if (name.startsWith(SESSION)) {
              described.put(name.substring(SESSION.length()), property);
            }
          }
        }
      }
    }
    return described;
  }

  private static String text(JsonNode property, String field) {
    return property.path(field).asString("");
  }
}
