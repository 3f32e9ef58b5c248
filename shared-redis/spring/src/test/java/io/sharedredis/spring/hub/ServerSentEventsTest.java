package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerSentEventsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "''|'~'",
        "Hello, World|data: Hello, World~~",
        "Hello~World|data: Hello~data: World~~",
        "Hello^World|data: Hello~data: World~~",
        "Hello World~|data: Hello World~data: ~~"
      })
  void payloadBecomesOneEventWithAFieldForEachLine(String payload, String event) {
    byte[] bytes = lines(payload).getBytes(StandardCharsets.UTF_8);
    assertThat(new String(ServerSentEventsTransport.event(List.of(bytes)), StandardCharsets.UTF_8))
        .isEqualTo(lines(event));
  }

  /** {@code ~} stands for CR LF, {@code ^} for LF. */
  private static String lines(String text) {
    return text.replace("~", "\r\n").replace("^", "\n");
  }
}
