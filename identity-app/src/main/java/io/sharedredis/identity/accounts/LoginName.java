package io.sharedredis.identity.accounts;

import java.util.Locale;

/** How a typed login name is compared: without surrounding blanks, in lower case, bounded. */
public final class LoginName {

  /** Characters; the width of the database column. Longer input can be nobody's name. */
  public static final int MAX_LENGTH = 64;

  private LoginName() {}

  /**
   * Returns the comparable form, cut to {@link #MAX_LENGTH} plus one so that a longer name stays
   * unknown.
   */
  public static String normalize(String typed) {
    String name = typed.strip().toLowerCase(Locale.ROOT).replace("\0", "");
    return name.length() <= MAX_LENGTH ? name : name.substring(0, MAX_LENGTH);
  }
}
