package io.sharedredis.lettuce.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Names in the Redis of sessions. All keys of a partition carry its number as hash tag, so that
 * what one script touches lies in one slot. Arrays that are handed out are shared: nobody writes to
 * them. Immutable.
 */
final class SessionNames {

  private final String application;

  /** Of partition 0, the only one so far: nearly every name begins with it. */
  private final byte[] prefix;

  private final byte[] expiry;
  private final byte[] ends;

  /**
   * @param application whose sessions these are
   */
  SessionNames(String application) {
    if (application.isBlank() || application.contains("{") || application.contains("}")) {
      throw new IllegalArgumentException(
          "the application's name must not be empty and hold no braces, but is '"
              + application
              + "'");
    }
    this.application = application;
    this.prefix = bytes(prefixText(0));
    this.expiry = key(0, "expiry");
    this.ends = bytes(ends());
  }

  private String prefixText(int partition) {
    return "shared-redis:" + application + ":session:{" + partition + "}:";
  }

  /** What every key of a partition begins with. */
  byte[] prefix(int partition) {
    return partition == 0 ? prefix : bytes(prefixText(partition));
  }

  byte[] session(int partition, String internal) {
    return key(partition, "id:", internal);
  }

  /** What is remembered of the id of a session that was kept elsewhere. */
  byte[] moved(int partition, String internal) {
    return key(partition, "moved:", internal);
  }

  byte[] user(int partition, String hash) {
    return key(partition, "user:", hash);
  }

  byte[] expiry(int partition) {
    return partition == 0 ? expiry : key(partition, "expiry");
  }

  /** Sessions that were ended from elsewhere, until a replica has reported that. */
  byte[] ended(int partition) {
    return key(partition, "ended");
  }

  byte[] claimant(int partition) {
    return key(partition, "claimant");
  }

  /** Where ends are announced, as {@code reason:internal id}. */
  String ends() {
    return "shared-redis:" + application + ":session:ends";
  }

  /** {@link #ends()} as it is sent. */
  byte[] endsChannel() {
    return ends;
  }

  /** Where writes are announced, as internal id, by replicas that keep sessions for a moment. */
  String writes() {
    return "shared-redis:" + application + ":session:writes";
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] key(int partition, String kind) {
    return key(partition, kind, "");
  }

  /** One array, without strings in between: a request needs one of these at least. */
  private byte[] key(int partition, String kind, String entity) {
    byte[] start = prefix(partition);
    byte[] last = bytes(entity);
    byte[] key = Arrays.copyOf(start, start.length + kind.length() + last.length);
    for (int i = 0; i < kind.length(); i++) {
      key[start.length + i] = (byte) kind.charAt(i);
    }
    System.arraycopy(last, 0, key, start.length + kind.length(), last.length);
    return key;
  }
}
