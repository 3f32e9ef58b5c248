package io.sharedredis.lettuce.backplane;

import java.util.Base64;
import java.util.random.RandomGenerator;

/** Random ids of client-result calls, 22 characters like those of .NET. */
final class InvocationIds {

  private final RandomGenerator random;

  InvocationIds(RandomGenerator random) {
    this.random = random;
  }

  String next() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }
}
