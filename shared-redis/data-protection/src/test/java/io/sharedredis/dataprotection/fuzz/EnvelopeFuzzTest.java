package io.sharedredis.dataprotection.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.UnprotectResult;
import io.sharedredis.dataprotection.crypto.PayloadText;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The envelope: any bytes, under four algorithms, also with an authentication that is right
 * although the content is not. A second implementation says what the answer must be.
 */
class EnvelopeFuzzTest {
  private static final List<DataProtector> PROTECTORS =
      FuzzRing.ALL.stream().map(one -> one.ring().protector(FuzzRing.PURPOSE)).toList();

  /** Refusals of the sealed part are one text; the others say only what the sender can see. */
  private static final String REFUSALS =
      "the payload is invalid"
          + "|the data was not protected by this ring"
          + "|the data was protected by a newer version"
          + "|key [0-9a-f-]{36} is not in the key ring";

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void envelope(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int ring = input[0] & 3;
    ReferenceCipher reference = FuzzRing.ALL.get(ring).reference();
    DataProtector protector = PROTECTORS.get(ring);
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    byte[] payload =
        switch (input[0] >> 2 & 3) {
          case 0 -> rest;
          case 1 -> withHeader(reference, rest);
          default -> reference.authenticated(rest);
        };
    byte[] expected = reference.open(payload);
    Answer<byte[]> answer =
        Cost.bounded(payload.length, () -> Answer.of(() -> protector.unprotect(payload)));
    if (expected == null) {
      assertThat(answer.refusal()).matches(REFUSALS);
    } else {
      assertThat(answer.get()).isEqualTo(expected);
    }
    Answer<UnprotectResult> deliberate =
        Answer.of(() -> protector.unprotectIgnoringRevocation(PayloadText.encode(payload)));
    assertThat(deliberate.refusal()).isEqualTo(answer.refusal());
    if (!answer.isRefused()) {
      assertThat(deliberate.get().plaintext()).isEqualTo(expected);
      assertThat(deliberate.get().requiresMigration()).isFalse();
    }
    assertThat(Answer.of(() -> protector.timeLimited().unprotect(payload)).isRefused()).isTrue();
  }

  private static byte[] withHeader(ReferenceCipher reference, byte[] rest) {
    byte[] header = reference.header();
    return ByteBuffer.allocate(header.length + rest.length).put(header).put(rest).array();
  }

  static Stream<byte[]> envelope() {
    Stream.Builder<byte[]> seeds = Stream.builder();
    for (int ring = 0; ring < FuzzRing.ALL.size(); ring++) {
      ReferenceCipher reference = FuzzRing.ALL.get(ring).reference();
      byte[] iv = new byte[reference.mac().isEmpty() ? 12 : 16];
      for (int length : new int[] {0, 1, 16, 200}) {
        byte[] payload = reference.seal(new byte[16], iv, new byte[length]);
        seeds.add(seed(ring, payload));
        seeds.add(seed(ring, Arrays.copyOf(payload, payload.length - 1)));
        seeds.add(seed(4 | ring, Arrays.copyOfRange(payload, 20, payload.length)));
        seeds.add(seed(8 | ring, Arrays.copyOfRange(payload, 20, payload.length)));
        payload[3] |= 1;
        seeds.add(seed(ring, payload));
      }
    }
    return seeds.build();
  }

  private static byte[] seed(int first, byte[] rest) {
    return ByteBuffer.allocate(1 + rest.length).put((byte) first).put(rest).array();
  }
}
