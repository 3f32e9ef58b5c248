package io.sharedredis.lettuce.session;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lettuce.core.protocol.RedisStateMachine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The readers of a session's hash, and of the answer that brings it: whatever the fields hold, it
 * has times, names and values, or {@link DataProtectionException} for a value that is not sealed
 * for its place.
 */
class StoredSessionFuzzTest {

  private static final Map<String, String> GOLDEN = golden();
  private static final String INTERNAL =
      SessionId.parse(GOLDEN.getOrDefault("id", "")).orElseThrow().internal();
  private static final SessionSeal SEAL = seal();

  /** Length of a part that is nil. */
  private static final int NIL = 0xffff;

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
    open(new SessionFields(reply, first == 255 ? null : Long.valueOf(first)));
  }

  /**
   * The whole way of an answer, from the bytes of the connection: the driver's reader, what takes
   * its pieces, and the session after it. First byte: where the network cuts it in two; then its
   * parts, each with its length, 65535 for one that is nil.
   */
  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void answer(byte[] input) {
    ByteBuffer buffer = ByteBuffer.wrap(input);
    int cut = buffer.hasRemaining() ? buffer.get() & 0xff : 0;
    List<byte @Nullable []> parts = new ArrayList<>();
    while (buffer.remaining() > 1) {
      int length = buffer.getShort() & 0xffff;
      byte[] part = length == NIL ? null : new byte[Math.min(length, buffer.remaining())];
      if (part != null) {
        buffer.get(part);
      }
      parts.add(part);
    }
    ByteBuf wire = wire(parts);
    int bytes = wire.readableBytes();
    SessionFields whole = decode(wire.duplicate(), bytes);
    SessionFields inTwo = decode(wire, cut * bytes / 255);
    assertThat(inTwo == null).isEqualTo(whole == null);
    if (whole != null && inTwo != null) {
      assertThat(inTwo.names()).isEqualTo(whole.names());
      assertThat(inTwo.size()).isEqualTo(whole.size());
      assertThat(inTwo.generation()).isEqualTo(whole.generation());
      open(whole);
    }
  }

  private static @Nullable SessionFields decode(ByteBuf wire, int cut) {
    SessionOutput output = new SessionOutput();
    RedisStateMachine driver = new RedisStateMachine();
    try {
      ByteBuf piece = Unpooled.buffer().writeBytes(wire.readSlice(cut));
      if (!driver.decode(piece, output)) {
        piece.writeBytes(wire);
        assertThat(driver.decode(piece, output)).isTrue();
      }
      assertThat(output.hasError()).isFalse();
      return output.get();
    } finally {
      driver.close();
    }
  }

  private static ByteBuf wire(List<byte @Nullable []> parts) {
    ByteBuf wire = Unpooled.buffer();
    wire.writeCharSequence("*" + parts.size() + "\r\n", US_ASCII);
    for (byte[] part : parts) {
      wire.writeCharSequence("$" + (part == null ? -1 : part.length) + "\r\n", US_ASCII);
      if (part != null) {
        wire.writeBytes(part).writeCharSequence("\r\n", US_ASCII);
      }
    }
    return wire;
  }

  private static void open(SessionFields fields) {
    StoredSession session = new StoredSession(INTERNAL, fields, SEAL);
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

  static Stream<byte[]> answer() {
    ByteBuffer whole = ByteBuffer.allocate(8192).put((byte) 100);
    part(whole, ",2,1763805600000,1795354319940,1800000");
    GOLDEN.forEach(
        (name, value) -> {
          if (name.matches("field:([xp]:.*|[id])")) {
            part(whole, name.substring(6));
            byte[] content = Base64.getDecoder().decode(value);
            whole.putShort((short) content.length).put(content);
          }
        });
    byte[] present = new byte[whole.position()];
    whole.flip().get(present);
    ByteBuffer former = ByteBuffer.allocate(200).put((byte) 7);
    for (String text : List.of("1,3,5,6,-1", "x:new", "3:n", "x:both", "3:n", "p:both", "1:o")) {
      part(former, text);
    }
    byte[] seen = new byte[former.position()];
    former.flip().get(seen);
    return Stream.of(
        present, seen, new byte[] {0}, new byte[] {0, -1, -1}, new byte[] {1, 0, 1, ',', -1, -1});
  }

  private static void part(ByteBuffer into, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    into.putShort((short) bytes.length).put(bytes);
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
