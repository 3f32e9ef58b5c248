package io.sharedredis.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A virtual thread that waits for I/O inside a monitor holds its carrier. Where the key ring is
 * read and where Redis is asked there are locks instead; monitors are left to what guards memory
 * only.
 */
class NoMonitorsTest {
  private static final Path MODULES = Path.of("..");
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
  private static final Pattern MONITOR =
      Pattern.compile("\\bsynchronized\\b|\\.wait\\(|\\.notifyAll\\(");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data-protection/src/main/java",
        "lettuce/src/main/java/io/sharedredis/lettuce/connection",
        "lettuce/src/main/java/io/sharedredis/lettuce/dataprotection",
        "lettuce/src/main/java/io/sharedredis/lettuce/session"
      })
  void noMonitorWhereThereIsInputOrOutput(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(MODULES.resolve(folder))) {
      assertThat(files.filter(file -> file.toString().endsWith(".java")))
          .isNotEmpty()
          .noneMatch(file -> MONITOR.matcher(withoutComments(file)).find());
    }
  }

  private static String withoutComments(Path file) {
    try {
      return COMMENT.matcher(Files.readString(file)).replaceAll(" ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
