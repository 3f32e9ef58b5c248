package io.sharedredis.benchmarks.dataprotection;

import io.sharedredis.dataprotection.keyring.KeyAlgorithm;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The public protector over a live ring, beside the bare calls for the same key, purposes and
 * bytes.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProtectBenchmark {
  /**
   * Payloads that are unprotected in turn: each has keys of its own, and the JDK's cipher saves the
   * work for a key that it had the last time.
   */
  static final int PAYLOADS = 16;

  /** What all threads share: the protector, and a plaintext with its payloads. */
  @State(Scope.Benchmark)
  public static class Shared {
    @Param({"AES_256_CBC_HMACSHA256", "AES_256_GCM"})
    KeyAlgorithm algorithm = KeyAlgorithm.AES_256_CBC_HMACSHA256;

    @Param({"64", "1024", "16384"})
    int size = 64;

    Sample sample = new Sample(algorithm);
    byte[] plaintext = new byte[0];
    byte[][] payloads = new byte[0][];

    /** Makes key, plaintext and payloads of the parameters. */
    @Setup
    public void prepare() {
      sample.close();
      sample = new Sample(algorithm);
      plaintext = new byte[size];
      new Random(size).nextBytes(plaintext);
      payloads = new byte[PAYLOADS][];
      for (int i = 0; i < PAYLOADS; i++) {
        payloads[i] = sample.protector().protect(plaintext);
      }
    }

    /** Ends the ring's thread. */
    @TearDown
    public void close() {
      sample.close();
    }
  }

  /** What one thread has for itself: primitives that it uses again and again. */
  @State(Scope.Thread)
  public static class Primitives {
    private @Nullable BareJce bare;
    private int next;

    /** Makes them for the key of the parameters. */
    @Setup
    public void prepare(Shared shared) throws GeneralSecurityException {
      bare = shared.sample.bare();
    }

    /** Another payload than the last. */
    byte[] payload(Shared shared) {
      next = (next + 1) % PAYLOADS;
      return shared.payloads[next];
    }

    BareJce bare() {
      return Objects.requireNonNull(bare);
    }
  }

  @Benchmark
  public byte[] oursProtect(Shared shared) {
    return shared.sample.protector().protect(shared.plaintext);
  }

  @Benchmark
  public byte[] bareProtect(Shared shared, Primitives primitives) throws GeneralSecurityException {
    return primitives.bare().protect(shared.plaintext);
  }

  @Benchmark
  public byte[] oursUnprotect(Shared shared, Primitives primitives) {
    return shared.sample.protector().unprotect(primitives.payload(shared));
  }

  @Benchmark
  public byte[] bareUnprotect(Shared shared, Primitives primitives)
      throws GeneralSecurityException {
    return primitives.bare().unprotect(primitives.payload(shared));
  }
}
