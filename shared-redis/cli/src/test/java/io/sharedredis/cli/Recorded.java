package io.sharedredis.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bytes and answers recorded from ASP.NET Core, as options of the command line. The system property
 * {@code interop.dir} names another folder with files of the same names and shapes.
 */
final class Recorded {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Map<String, JsonNode> CACHE = new ConcurrentHashMap<>();

  private Recorded() {}

  /** The folder that holds payloads.json and its siblings. */
  static Path folder() {
    String given = System.getProperty("interop.dir");
    if (given != null) {
      Path direct = Path.of(given);
      return Files.exists(direct.resolve("payloads.json"))
          ? direct
          : direct.resolve("data-protection");
    }
    try {
      return Path.of(Recorded.class.getResource("/interop/data-protection/payloads.json").toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode json(String file) {
    return CACHE.computeIfAbsent(file, name -> MAPPER.readTree(folder().resolve(name)));
  }

  /** A string that may stand as an array of strings to be joined; null if absent. */
  static String text(JsonNode node) {
    if (node == null || node.isNull() || node.isMissingNode()) {
      return null;
    }
    if (!node.isArray()) {
      return node.asString();
    }
    StringBuilder joined = new StringBuilder();
    node.forEach(part -> joined.append(part.asString()));
    return joined.toString();
  }

  static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(node -> strings.add(text(node)));
    return strings;
  }

  static JsonNode ring(String name) {
    for (JsonNode ring : json("keyrings.json").get("rings")) {
      if (ring.get("name").asString().equals(name)) {
        return ring;
      }
    }
    throw new IllegalArgumentException("no ring " + name);
  }

  /** The ring that records mean where they name none: "default", else the first. */
  static String plainRing() {
    List<String> names =
        json("keyrings.json")
            .get("rings")
            .valueStream()
            .map(ring -> ring.get("name").asString())
            .toList();
    return names.contains("default") ? "default" : names.get(0);
  }

  static List<String> items(String ring) {
    return strings(ring(ring).get("redis_items"));
  }

  /** The instant at which the records of a ring are meant. */
  static Instant now(String name) {
    JsonNode ring = ring(name);
    if (ring.has("now")) {
      return Instant.parse(ring.get("now").asString());
    }
    Instant latest = Instant.MIN;
    for (JsonNode key : ring.get("keys")) {
      Instant activation = Instant.parse(key.get("activation").asString());
      latest = activation.isAfter(latest) ? activation : latest;
    }
    return latest.plusSeconds(60);
  }

  /** Options that name a recorded ring in its directory, with the certificates that open it. */
  static List<String> directory(String ring) {
    List<String> options = new ArrayList<>();
    options.add("--directory");
    options.add(folder().resolve("keyrings").resolve(ring).toString());
    if (items(ring).stream().anyMatch(item -> item.contains("<EncryptedData"))) {
      options.addAll(certificates("rsa2048", "rsa4096", "rsa2048-new"));
    }
    return options;
  }

  static List<String> certificates(String... names) {
    List<String> options = new ArrayList<>();
    for (String name : names) {
      options.add("--certificate");
      options.add(folder().resolve("certificates").resolve(name + ".pfx").toString());
      options.add("--certificate-password-file");
      options.add(password().toString());
    }
    return options;
  }

  private static Path password() {
    try {
      Path file = Files.createTempFile("password", ".txt");
      file.toFile().deleteOnExit();
      return Files.writeString(file, "test\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Options for application and purposes. */
  static List<String> purposes(JsonNode application, JsonNode purposes) {
    List<String> options = new ArrayList<>();
    String app = text(application);
    if (app != null && !app.isEmpty()) {
      options.add("--app=" + app);
    }
    strings(purposes).forEach(purpose -> options.add("--purpose=" + purpose));
    return options;
  }
}
