package io.sharedredis.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command made of one value.
 *
 * @param text printed without {@code --json}
 * @param json members printed with it
 */
record Answer(String text, Map<String, @Nullable Object> json) {
  /** Does not show the value. */
  @Override
  public String toString() {
    return "Answer";
  }
}
