package io.sharedredis.benchmarks.dataprotection;

import io.sharedredis.dataprotection.keyring.KeyAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One operation with one algorithm on one size of plaintext.
 *
 * @param operation as in the names of {@link ProtectBenchmark}'s methods
 */
record SpeedCase(String operation, KeyAlgorithm algorithm, int size) {

  static final List<Integer> SIZES = List.of(64, 1024, 16 * 1024);

  /** All that have a target. */
  static List<SpeedCase> all() {
    List<SpeedCase> all = new ArrayList<>();
    for (KeyAlgorithm algorithm :
        List.of(KeyAlgorithm.AES_256_CBC_HMACSHA256, KeyAlgorithm.AES_256_GCM)) {
      for (String operation : List.of("Protect", "Unprotect")) {
        for (int size : SIZES) {
          all.add(new SpeedCase(operation, algorithm, size));
        }
      }
    }
    return all;
  }

  /** Those that are also measured with two threads. */
  static List<SpeedCase> scaling() {
    return all().stream().filter(one -> one.size == 1024).toList();
  }

  String ours() {
    return "ProtectBenchmark.ours" + operation;
  }

  String bare() {
    return "ProtectBenchmark.bare" + operation;
  }

  Map<String, String> parameters() {
    return Map.of("algorithm", algorithm.name(), "size", Integer.toString(size));
  }

  /** Most that our time may be of the bare calls' time. */
  double maxRatio() {
    return size <= 1024 ? 1.0 : 1.1;
  }

  String title() {
    return operation.toLowerCase(Locale.ROOT) + " " + algorithm + " " + size + " B";
  }
}
