package io.sharedredis.lettuce.session;

import java.nio.charset.StandardCharsets;

/**
 * Names in the Redis of sessions. All keys of a partition carry its number as hash tag, so that
 * what one script touches lies in one slot.
 *
 * @param application whose sessions these are
 */
record SessionNames(String application) {

  SessionNames {
    if (application.isBlank() || application.contains("{") || application.contains("}")) {
      throw new IllegalArgumentException(
          "the application's name must not be empty and hold no braces, but is '"
              + application
              + "'");
    }
  }

  /** What every key of a partition begins with. */
  String prefix(int partition) {
    return "shared-redis:" + application + ":session:{" + partition + "}:";
  }

  String session(int partition, String internal) {
    return prefix(partition) + "id:" + internal;
  }

  /** What is remembered of the id of a session that was kept elsewhere. */
  String moved(int partition, String internal) {
    return prefix(partition) + "moved:" + internal;
  }

  String user(int partition, String hash) {
    return prefix(partition) + "user:" + hash;
  }

  String expiry(int partition) {
    return prefix(partition) + "expiry";
  }

  /** Sessions that were ended from elsewhere, until a replica has reported that. */
  String ended(int partition) {
    return prefix(partition) + "ended";
  }

  String claimant(int partition) {
    return prefix(partition) + "claimant";
  }

  /** Where ends are announced, as {@code reason:internal id}. */
  String ends() {
    return "shared-redis:" + application + ":session:ends";
  }

  /** Where writes are announced, as internal id, by replicas that keep sessions for a moment. */
  String writes() {
    return "shared-redis:" + application + ":session:writes";
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
