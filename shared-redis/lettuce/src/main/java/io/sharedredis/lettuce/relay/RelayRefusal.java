package io.sharedredis.lettuce.relay;

import java.util.Locale;

/** Why a message on a replica's relay channel counts for nothing. */
public enum RelayRefusal {
  /** It is no message of this version. */
  FOREIGN("it is none of this version: another program's, or a replica of another version's"),

  /** Its signature is not that of a replica of this farm, or not for this conversation. */
  FORGED("it is not signed with a key of this farm for this replica"),

  /** Nothing is known about it: the keys of the farm cannot be read now. */
  UNREADABLE("the key ring of the farm cannot be read now; it is said again"),

  /** It was heard before. */
  REPEATED("it repeats what was said before"),

  /** Its conversation began at quite another time. */
  LATE("it is a repetition, or its sender's clock differs by more than 5 minutes");

  private final String words;

  RelayRefusal(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** As a tag of meters. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
