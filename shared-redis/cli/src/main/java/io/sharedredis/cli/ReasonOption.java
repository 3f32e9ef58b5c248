package io.sharedredis.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Why something is revoked. */
final class ReasonOption {
  /** Characters; it lies in the ring for ever and is read by every replica. */
  private static final int LONGEST = 500;

  @Option(
      names = "--reason",
      paramLabel = "<text>",
      description = "Why, for people; stored in the ring.")
  @Nullable String text;

  void check() {
    if (text != null && text.length() > LONGEST) {
      throw new UsageException(
          "--reason has " + text.length() + " characters; at most " + LONGEST + " are stored");
    }
  }
}
