package io.sharedredis.benchmarks.dataprotection;

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

/** Other ways to protect bytes, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PeersBenchmark {
  @Param Peer.Kind kind = Peer.Kind.SHARED_REDIS_CBC_HMAC;

  @Param({"64", "1024", "16384"})
  int size = 64;

  private @Nullable Peer peer;
  private byte[] plaintext = new byte[0];
  private byte[][] payloads = new byte[0][];
  private int next;

  /** Makes peer, plaintext and payloads of the parameters. */
  @Setup
  public void prepare() throws GeneralSecurityException {
    Peer made = kind.create();
    plaintext = new byte[size];
    new Random(size).nextBytes(plaintext);
    payloads = new byte[ProtectBenchmark.PAYLOADS][];
    for (int i = 0; i < payloads.length; i++) {
      payloads[i] = made.protect(plaintext);
    }
    peer = made;
  }

  @Benchmark
  public byte[] protect() throws GeneralSecurityException {
    return Objects.requireNonNull(peer).protect(plaintext);
  }

  @Benchmark
  public byte[] unprotect() throws GeneralSecurityException {
    next = (next + 1) % payloads.length;
    return Objects.requireNonNull(peer).unprotect(payloads[next]);
  }
}
