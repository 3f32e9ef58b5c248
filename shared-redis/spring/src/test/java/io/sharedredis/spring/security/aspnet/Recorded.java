package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What ASP.NET Core was recorded to send. The system property {@code interop.dir} names another
 * folder with files of the same names and shapes.
 */
public final class Recorded {

  private Recorded() {}

  public static JsonNode json(String file) {
    String given = System.getProperty("interop.dir");
    if (given == null) {
      return new JsonMapper()
          .readTree(Recorded.class.getResourceAsStream("/interop/data-protection/" + file));
    }
    Path direct = Path.of(given);
    boolean holdsIt = Files.exists(direct.resolve("keyrings.json"));
    return new JsonMapper()
        .readTree((holdsIt ? direct : direct.resolve("data-protection")).resolve(file));
  }

  public static DataProtection ring(String name, String application) {
    InMemoryKeyRepository repository = new InMemoryKeyRepository();
    json("keyrings.json")
        .get("rings")
        .valueStream()
        .filter(ring -> ring.get("name").asString().equals(name))
        .flatMap(ring -> ring.get("redis_items").valueStream())
        .forEach(item -> repository.store(new KeyItem(text(item), "")));
    return DataProtection.open(
        DataProtectionOptions.builder().applicationName(application).build(), repository);
  }

  /** Long texts are recorded in pieces. */
  public static String text(JsonNode node) {
    if (!node.isArray()) {
      return node.asString();
    }
    return node.valueStream().map(JsonNode::asString).collect(Collectors.joining());
  }

  public static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    if (array != null) {
      array.forEach(one -> texts.add(text(one)));
    }
    return texts;
  }

  /** What a browser sends back. */
  public static String cookieHeader(List<String> setCookie) {
    return setCookie.stream()
        .map(header -> header.substring(0, header.indexOf(';')))
        .collect(Collectors.joining("; "));
  }
}
