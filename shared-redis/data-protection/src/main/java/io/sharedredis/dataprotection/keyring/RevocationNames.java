package io.sharedredis.dataprotection.keyring;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * File names that ASP.NET Core gives to mass revocations: the instant in UTC, fraction appended.
 */
final class RevocationNames {
  private RevocationNames() {}

  static String ofMass(Instant date) {
    OffsetDateTime utc = date.atOffset(ZoneOffset.UTC);
    return String.format(
        "revocation-%04d%02d%02dT%02d%02d%02d%sZ",
        utc.getYear(),
        utc.getMonthValue(),
        utc.getDayOfMonth(),
        utc.getHour(),
        utc.getMinute(),
        utc.getSecond(),
        KeyDates.fraction(utc.getNano(), ""));
  }
}
