package io.sharedredis.lettuce.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The reader of a session's hash: whatever the fields hold, it has times, names and values, or
 * {@link DataProtectionException} for a value that is not sealed for its place.
 */
class StoredSessionFuzzTest {

  private static final Map<String, String> GOLDEN = golden();
  private static final String INTERNAL =
      SessionId.parse(GOLDEN.getOrDefault("id", "")).orElseThrow().internal();
  private static final SessionSeal SEAL = seal();

  /** First byte: generation a former id may see, 255 for the present one; then the fields. */
  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void fields(byte[] input) {
    ByteBuffer buffer = ByteBuffer.wrap(input);
    int first = buffer.hasRemaining() ? buffer.get() & 0xff : 255;
    List<Object> reply = new ArrayList<>();
    while (buffer.remaining() > 2) {
      byte[] part = new byte[Math.min(buffer.getShort() & 0xffff, buffer.remaining())];
      buffer.get(part);
      reply.add(part);
    }
    StoredSession session =
        new StoredSession(
            INTERNAL, new SessionFields(reply, first == 255 ? null : Long.valueOf(first)), SEAL);
    assertThat(session.generation()).isNotNegative();
    assertThat(session.created()).isAfterOrEqualTo(Instant.EPOCH);
    assertThat(session.lastAccess()).isAfterOrEqualTo(Instant.EPOCH);
    assertThat(session.timeout()).isGreaterThanOrEqualTo(Duration.ofSeconds(-1));
    assertThat(session.size()).isNotNegative();
    for (String name : session.names()) {
      opened(() -> assertThat(session.attribute(name)).isPresent());
    }
    opened(() -> assertThat(session.details()).isNotNull());
    opened(() -> assertThat(session.id().internal()).isEqualTo(INTERNAL));
  }

  static Stream<byte[]> fields() {
    ByteBuffer whole = ByteBuffer.allocate(8192).put((byte) 255);
    GOLDEN.forEach(
        (name, value) -> {
          if (name.startsWith("field:")) {
            byte[] field = name.substring(6).getBytes(UTF_8);
            byte[] content = Base64.getDecoder().decode(value);
            whole.putShort((short) field.length).put(field);
            whole.putShort((short) content.length).put(content);
          }
        });
    byte[] present = new byte[whole.position()];
    whole.flip().get(present);
    byte[] former = present.clone();
    former[0] = 1;
    return Stream.of(present, former, new byte[] {(byte) 255, 0, 1, 't', 0, 2, '-', '1'});
  }

  private static void opened(Runnable work) {
    try {
      work.run();
    } catch (DataProtectionException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }

  private static SessionSeal seal() {
    InMemoryKeyRepository ring = new InMemoryKeyRepository();
    ring.store(new KeyItem(GOLDEN.getOrDefault("key", ""), "recorded"));
    return new SessionSeal(
        DataProtection.open(DataProtectionOptions.builder().applicationName("shop").build(), ring),
        SessionRedis.APPLICATION);
  }

  private static Map<String, String> golden() {
    Map<String, String> golden = new HashMap<>();
    try (InputStream file = StoredSessionFuzzTest.class.getResourceAsStream("session-v1.txt")) {
      for (String line : new String(file.readAllBytes(), UTF_8).split("\n")) {
        golden.put(line.substring(0, line.indexOf('\t')), line.substring(line.indexOf('\t') + 1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return golden;
  }
}
