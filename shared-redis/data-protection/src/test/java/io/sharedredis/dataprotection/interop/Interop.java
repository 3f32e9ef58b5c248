package io.sharedredis.dataprotection.interop;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.atrest.CertificateDecryptor;
import io.sharedredis.dataprotection.atrest.CertificateKey;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bytes and answers recorded from ASP.NET Core. The system property {@code interop.dir} names
 * another folder with files of the same names and shapes.
 */
public final class Interop {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Map<String, JsonNode> CACHE = new ConcurrentHashMap<>();
  private static final Map<String, DataProtection> RINGS = new ConcurrentHashMap<>();

  private Interop() {}

  /** The folder that holds payloads.json and its siblings. */
  public static Path folder() {
    String given = System.getProperty("interop.dir");
    if (given != null) {
      Path direct = Path.of(given);
      return Files.exists(direct.resolve("payloads.json"))
          ? direct
          : direct.resolve("data-protection");
    }
    URL resource = Interop.class.getResource("/interop/data-protection/payloads.json");
    try {
      return Path.of(resource.toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static JsonNode json(String file) {
    return CACHE.computeIfAbsent(file, name -> MAPPER.readTree(folder().resolve(name)));
  }

  /** Known answers that do not depend on {@code interop.dir}. */
  public static JsonNode vectors() {
    return MAPPER.readTree(Interop.class.getResourceAsStream("/interop/vectors.json"));
  }

  public static byte[] file(String name) {
    try {
      return Files.readAllBytes(folder().resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A string that may stand as an array of strings to be joined; null if absent. */
  public static @Nullable String text(@Nullable JsonNode node) {
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

  public static byte @Nullable [] base64(@Nullable JsonNode node) {
    String text = text(node);
    return text == null ? null : Base64.getDecoder().decode(text);
  }

  public static byte[] hex(JsonNode node) {
    return HexFormat.of().parseHex(text(node));
  }

  public static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(node -> strings.add(text(node)));
    return strings;
  }

  public static JsonNode ring(String name) {
    for (JsonNode ring : json("keyrings.json").get("rings")) {
      if (ring.get("name").asString().equals(name)) {
        return ring;
      }
    }
    throw new IllegalArgumentException("no ring " + name);
  }

  /** The ring that records mean where they name none: "default", else the first. */
  public static String plainRing() {
    String first = json("keyrings.json").get("rings").get(0).get("name").asString();
    for (JsonNode ring : json("keyrings.json").get("rings")) {
      if (ring.get("name").asString().equals("default")) {
        return "default";
      }
    }
    return first;
  }

  public static List<KeyItem> items(JsonNode redisItems) {
    List<KeyItem> items = new ArrayList<>();
    redisItems.forEach(item -> items.add(new KeyItem(text(item), "")));
    return items;
  }

  /** A ring opened from the strings that .NET pushes to Redis, at the clock of its records. */
  public static DataProtection open(String ringName, @Nullable String application) {
    String key = ringName + "\n" + application;
    return RINGS.computeIfAbsent(
        key, unused -> open(items(ring(ringName).get("redis_items")), application, now(ringName)));
  }

  private static Instant now(String ringName) {
    JsonNode ring = ring(ringName);
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

  public static DataProtection open(
      List<KeyItem> items, @Nullable String application, Instant now) {
    return open(items, application, InstantSource.fixed(now));
  }

  public static DataProtection open(
      List<KeyItem> items, @Nullable String application, InstantSource clock) {
    InMemoryKeyRepository repository = new InMemoryKeyRepository();
    items.forEach(repository::store);
    DataProtectionOptions.Builder options =
        DataProtectionOptions.builder()
            .addSecretDecryptor(certificates("rsa2048", "rsa4096", "rsa2048-new"));
    if (application != null && !application.isEmpty()) {
      options.applicationName(application);
    }
    return new DataProtection(
        options.build(),
        repository,
        clock,
        new SecureRandom(),
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "interop-ring");
              thread.setDaemon(true);
              return thread;
            }));
  }

  public static DataProtector protector(DataProtection ring, List<String> purposes) {
    return ring.protector(
        purposes.get(0), purposes.subList(1, purposes.size()).toArray(String[]::new));
  }

  public static CertificateKey certificate(String name) {
    return CertificateKey.fromPkcs12(
        folder().resolve("certificates").resolve(name + ".pfx"), "test".toCharArray());
  }

  public static CertificateDecryptor certificates(String... names) {
    return new CertificateDecryptor(
        Stream.of(names).map(Interop::certificate).toList(), new SecureRandom());
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
