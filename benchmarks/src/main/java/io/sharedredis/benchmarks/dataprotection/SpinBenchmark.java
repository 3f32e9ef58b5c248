package io.sharedredis.benchmarks.dataprotection;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.infra.Blackhole;

/** Work that threads cannot hinder each other at: how far two threads get on this machine now. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SpinBenchmark {
  /** Units of work that take some microseconds, as a payload does. */
  private static final long TOKENS = 2_000;

  @Benchmark
  public void spin() {
    Blackhole.consumeCPU(TOKENS);
  }
}
