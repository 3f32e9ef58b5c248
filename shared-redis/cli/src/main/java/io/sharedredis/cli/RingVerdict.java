package io.sharedredis.cli;

import io.sharedredis.dataprotection.keyring.DefaultKeyPolicy;
import io.sharedredis.dataprotection.keyring.ItemReport;
import io.sharedredis.dataprotection.keyring.ItemReport.Severity;
import io.sharedredis.dataprotection.keyring.Key;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What the items of a ring come to.
 *
 * @param wrong items with which something is wrong; an empty ring counts as one
 * @param findings about the ring as a whole
 */
record RingVerdict(long wrong, List<String> findings) {
  static RingVerdict of(List<ItemReport> items, Instant now) {
    List<String> findings = new ArrayList<>();
    if (items.isEmpty()) {
      // Seldom on purpose, and a mistyped name looks the same.
      findings.add(
          "the ring is empty: is it the right place? If it was lost, restore it with 'keyring"
              + " import'");
      return new RingVerdict(1, findings);
    }
    long wrong = items.stream().filter(RingVerdict::isWrong).count();
    boolean fatal = items.stream().anyMatch(item -> item.severity() == Severity.FATAL);
    if (fatal) {
      findings.add("no replica can load the ring as it is; those that run keep the one they have");
    }
    List<Key> keys = items.stream().map(ItemReport::key).filter(Objects::nonNull).toList();
    if (!fatal && !DefaultKeyPolicy.protectsAt(now, keys)) {
      findings.add("no key can protect now; a replica that makes keys makes one");
    }
    return new RingVerdict(wrong, findings);
  }

  boolean isGood() {
    return wrong == 0;
  }

  private static boolean isWrong(ItemReport item) {
    return item.severity() == Severity.PROBLEM || item.severity() == Severity.FATAL;
  }
}
