package io.sharedredis.dataprotection.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/**
 * Bounds what an input may make the code allocate: in proportion to its length, whatever lengths
 * and counts it claims. Time is bounded by the fuzzer itself.
 */
final class Cost {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Bytes that a call may allocate whatever it is given: an RSA operation takes 1.5 MiB. */
  private static final long ONCE = 4 << 20;

  /** Bytes allocated for each byte of input at most: copies, text, maps of one-byte names. */
  private static final long EACH = 512;

  private Cost() {}

  /**
   * @param call may be repeated: the first one of a kind also loads classes
   */
  static <T> T bounded(int inputLength, Supplier<T> call) {
    long limit = ONCE + EACH * inputLength;
    long before = THREADS.getCurrentThreadAllocatedBytes();
    T result = call.get();
    if (THREADS.getCurrentThreadAllocatedBytes() - before >= limit) {
      before = THREADS.getCurrentThreadAllocatedBytes();
      result = call.get();
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
          .as("bytes allocated for an input of %s", inputLength)
          .isLessThan(limit);
    }
    return result;
  }
}
