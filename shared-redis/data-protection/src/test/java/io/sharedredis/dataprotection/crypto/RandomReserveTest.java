package io.sharedredis.dataprotection.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RandomReserveTest {
  private static final int LENGTH = 32;

  private final CountingRandom random = new CountingRandom();
  private long nanos = Long.MAX_VALUE - 10;
  private final RandomReserve reserve = new RandomReserve(random, () -> nanos);

  @Test
  void busyCallerDrawsInGrowingBlocksAndNeverGetsTheSameBytesTwice() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      assertThat(seen.add(take())).isTrue();
    }
    assertThat(random.draws.subList(0, 6)).containsExactly(32, 64, 128, 256, 512, 512);
    assertThat(random.draws).hasSizeLessThan(70);
  }

  @Test
  void reserveIsVoidAfterATenthOfASecond() {
    for (int i = 0; i < 31; i++) {
      take();
    }
    nanos += TimeUnit.MILLISECONDS.toNanos(100) + 1;
    random.mark = (byte) 7;
    byte[] fresh = new byte[LENGTH];
    reserve.take(fresh, 0, LENGTH);
    assertThat(fresh).as("none of the bytes drawn before").containsOnly(7);
    assertThat(random.draws).as("no more than is needed").endsWith(LENGTH);
  }

  @Test
  void slowCallerDrawsWhatHeUses() {
    for (int i = 0; i < 20; i++) {
      nanos += TimeUnit.SECONDS.toNanos(1);
      take();
    }
    assertThat(random.draws).containsOnly(LENGTH).hasSize(20);
  }

  @Test
  void requestLongerThanABlockIsDrawnAtOnceAndNothingElseIsTouched() {
    byte[] target = new byte[1002];
    random.mark = 9;
    reserve.take(target, 1, 1000);
    assertThat(Arrays.copyOfRange(target, 1, 1001)).containsOnly(9);
    assertThat(target[0]).isZero();
    assertThat(target[1001]).isZero();
  }

  @Test
  void sourceThatFailsWhileTheReserveGrowsLeavesNothingToHandOut() {
    take();
    random.mark = 5;
    failOnceAndTakeAgain();
  }

  @Test
  void sourceThatFailsWhileTheReserveIsRenewedLeavesNothingToHandOut() {
    for (int i = 0; i < 6; i++) {
      take();
    }
    random.mark = 5;
    // Too old, but of the size that is needed: filled anew in place.
    nanos += TimeUnit.SECONDS.toNanos(1);
    take();
    nanos += TimeUnit.SECONDS.toNanos(1);
    failOnceAndTakeAgain();
  }

  private void failOnceAndTakeAgain() {
    random.failing = true;
    byte[] target = new byte[LENGTH];
    assertThatThrownBy(() -> reserve.take(target, 0, LENGTH)).isInstanceOf(ProviderException.class);
    random.failing = false;
    reserve.take(target, 0, LENGTH);
    assertThat(target).as("drawn after the failure").containsOnly(5);
    reserve.take(target, 0, LENGTH);
    assertThat(target).containsOnly(5);
  }

  private String take() {
    byte[] target = new byte[LENGTH];
    reserve.take(target, 0, LENGTH);
    return Arrays.toString(target);
  }

  /** Real randomness unless a mark is set, and the size of each draw. */
  private static final class CountingRandom extends SecureRandom {
    private static final long serialVersionUID = 1;
    private final transient List<Integer> draws = new ArrayList<>();
    private byte mark;
    private boolean failing;

    @Override
    public void nextBytes(byte[] bytes) {
      if (failing) {
        throw new ProviderException("no randomness now");
      }
      draws.add(bytes.length);
      super.nextBytes(bytes);
      if (mark != 0) {
        Arrays.fill(bytes, mark);
      }
    }
  }
}
