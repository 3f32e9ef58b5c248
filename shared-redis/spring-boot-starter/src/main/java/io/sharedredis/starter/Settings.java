package io.sharedredis.starter;

import java.time.Duration;

/** Checks that several settings share. */
final class Settings {

  private Settings() {}

  static void requirePositive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new InvalidSettingException(
          name, value, "is not longer than nothing", "Give a duration such as 500ms or 2s.");
    }
  }

  static void requireText(String name, String value) {
    if (value.isBlank()) {
      throw new InvalidSettingException(name, value, "is empty", "Give a name, or leave it out.");
    }
  }
}
