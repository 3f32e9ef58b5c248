package io.sharedredis.spring.sealed;

import io.sharedredis.dataprotection.DataProtectionException;
import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/** Seals and opens values as a mark says. Thread-safe. */
final class ProtectedMarks {

  /** Says the same of everything that is not good: whoever sent it learns nothing about why. */
  static final String NOT_GOOD = "the value was not sealed here for this purpose";

  private final ProtectedValues values;

  ProtectedMarks(ProtectedValues values) {
    this.values = values;
  }

  String seal(Protected mark, Object value) {
    return mark.lifetime().isEmpty()
        ? values.seal(mark.value(), value)
        : values.seal(mark.value(), value, lifetime(mark));
  }

  /**
   * @throws DataProtectionException if the text is not accepted
   */
  <T> T open(Protected mark, String text, Class<T> type) {
    return mark.lifetime().isEmpty()
        ? values.open(mark.value(), text, type)
        : values.openExpiring(mark.value(), text, type);
  }

  /** Stops what is being set up if a mark could not be obeyed. */
  static void check(Protected mark, Class<?> type, Object where) {
    if (!ProtectedValues.supports(type)) {
      throw new IllegalStateException(
          "@Protected on "
              + where
              + ": values of "
              + type.getName()
              + " cannot be sealed; use one of "
              + ProtectedValues.TYPES);
    }
    if (!mark.lifetime().isEmpty()) {
      Duration unused = lifetime(mark);
    }
  }

  private static Duration lifetime(Protected mark) {
    return DurationStyle.detectAndParse(mark.lifetime());
  }
}
