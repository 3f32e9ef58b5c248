package io.sharedredis.dataprotection.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtectionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a call gave: a value, or the one documented exception. Anything else that is thrown passes
 * through and is a finding.
 */
record Answer<T>(@Nullable T value, @Nullable String refusal) {
  /** Longest text of a refusal, in characters: it never repeats the input. */
  private static final int MAX_TEXT = 400;

  static <T> Answer<T> of(Supplier<T> call) {
    try {
      return new Answer<>(call.get(), null);
    } catch (DataProtectionException e) {
      assertThat(e).isExactlyInstanceOf(DataProtectionException.class);
      assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(MAX_TEXT);
      return new Answer<>(null, e.getMessage());
    }
  }

  boolean isRefused() {
    return refusal != null;
  }

  T get() {
    if (value == null) {
      throw new AssertionError("refused: " + refusal);
    }
    return value;
  }
}
