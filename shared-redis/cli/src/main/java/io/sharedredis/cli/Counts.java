package io.sharedredis.cli;

/** Numbers of things in messages. */
final class Counts {
  private Counts() {}

  /** {@code 1 key}, {@code 2 keys}, {@code 3 entries}. */
  static String of(long count, String noun) {
    if (count == 1) {
      return "1 " + noun;
    }
    return count
        + " "
        + (noun.endsWith("y") && !noun.endsWith("key")
            ? noun.substring(0, noun.length() - 1) + "ies"
            : noun + "s");
  }
}
