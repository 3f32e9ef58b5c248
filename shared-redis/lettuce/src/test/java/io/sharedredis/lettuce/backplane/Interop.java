package io.sharedredis.lettuce.backplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What real ASP.NET Core servers wrote. The system property {@code interop.dir} names another
 * folder of the same shape.
 */
final class Interop {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Interop() {}

  static JsonNode read(String file) {
    String folder = System.getProperty("interop.dir");
    if (folder != null) {
      Path path = Path.of(folder, file);
      // The vectors are not part of the recordings; another folder may leave them out.
      if (Files.exists(path)) {
        return JSON.readTree(path);
      }
      if (!file.contains("/")) {
        return resource(file);
      }
      throw new IllegalStateException("interop.dir holds no " + file);
    }
    return resource(file);
  }

  private static JsonNode resource(String file) {
    try (InputStream in = Interop.class.getResourceAsStream("/interop/" + file)) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> list(JsonNode array) {
    return array.valueStream().toList();
  }
}
