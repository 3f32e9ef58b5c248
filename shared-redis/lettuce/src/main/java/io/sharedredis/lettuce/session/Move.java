package io.sharedredis.lettuce.session;

/** How far a session that was kept elsewhere has come. */
public enum Move {
  /** It was not created here, or so long ago that it is forgotten. */
  NEVER,
  /** It is here, and whoever moved it is about to remove the former one. */
  UNDER_WAY,
  /** It is here, and whoever moved it seems to have died before removing the former one. */
  ABANDONED,
  /** It is here, and nothing is left of the former one. */
  DONE;

  static Move of(String word) {
    return valueOf(word.replace('-', '_'));
  }
}
