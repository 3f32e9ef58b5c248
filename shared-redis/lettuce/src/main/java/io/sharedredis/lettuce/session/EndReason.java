package io.sharedredis.lettuce.session;

import java.util.Locale;

/** Why a session ended. */
public enum EndReason {
  /** Its owner signed out. */
  SIGNED_OUT,
  /** Its owner ended it from another session, or an operator did. */
  REVOKED,
  /** Nobody used it for its timeout. */
  EXPIRED,
  /** Its user signed in once more than allowed. */
  LIMIT,
  /** Something that this version does not know. */
  OTHER;

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static EndReason of(String word) {
    for (EndReason reason : values()) {
      if (reason.word().equals(word)) {
        return reason;
      }
    }
    return OTHER;
  }
}
