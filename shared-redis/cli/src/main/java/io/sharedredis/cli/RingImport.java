package io.sharedredis.cli;

import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.keyring.ItemReport;
import io.sharedredis.dataprotection.keyring.ItemReport.Kind;
import io.sharedredis.dataprotection.keyring.ItemReport.Severity;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import io.sharedredis.dataprotection.repository.RestoreOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Adds items to a ring that others may change at the same time. */
final class RingImport {
  /** Looks at the ring; each change by somebody else meanwhile costs one. */
  private static final int MAX_TRIES = 20;

  private final Ring ring;
  private final DataProtectionOptions options;
  private final Path source;

  RingImport(Ring ring, DataProtectionOptions options, Path source) {
    this.ring = ring;
    this.options = options;
    this.source = source;
  }

  /**
   * All of them, or none: one step of the store, which takes place only if nobody changed the ring
   * since it was looked whether an id is there already.
   *
   * @return how many were not there
   */
  int add(List<KeyItem> items) {
    List<ItemReport> reports = requireSound(items, source.toString());
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      RepositorySnapshot snapshot = ring.repository().readAll();
      List<KeyItem> missing = missing(items, reports, snapshot);
      if (missing.isEmpty() || write(missing, snapshot)) {
        return missing.size();
      }
    }
    throw new FailedException("the " + ring.name() + " keeps changing; nothing is imported");
  }

  /** A reset of the ring is no obstacle: importing is as deliberate as that was. */
  private boolean write(List<KeyItem> items, RepositorySnapshot snapshot) {
    RestoreOutcome outcome =
        snapshot.items().isEmpty()
            ? ring.repository().restore(items, snapshot.resetMark())
            : ring.repository().merge(items, snapshot.version(), snapshot.resetMark());
    return outcome == RestoreOutcome.RESTORED;
  }

  private List<KeyItem> missing(
      List<KeyItem> items, List<ItemReport> reports, RepositorySnapshot snapshot) {
    Set<String> present = snapshot.items().stream().map(KeyItem::xml).collect(Collectors.toSet());
    Set<UUID> ids =
        requireSound(snapshot.items(), ring.name()).stream()
            .filter(report -> report.kind() == Kind.KEY)
            .map(ItemReport::keyId)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    List<KeyItem> missing = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (present.contains(items.get(i).xml())) {
        continue;
      }
      UUID id = reports.get(i).keyId();
      if (reports.get(i).kind() == Kind.KEY && id != null && ids.contains(id)) {
        throw new FailedException(
            "key "
                + id
                + " is in the "
                + ring.name()
                + " with another content than in "
                + source
                + "; one id twice would break the ring: nothing is imported");
      }
      missing.add(items.get(i));
    }
    return missing;
  }

  private List<ItemReport> requireSound(List<KeyItem> items, String where) {
    List<ItemReport> reports = inspect(items);
    List<String> fatal =
        reports.stream()
            .filter(report -> report.severity() == Severity.FATAL)
            .map(
                report ->
                    "item "
                        + report.position()
                        + (report.name().isEmpty() ? "" : " (" + report.name() + ")")
                        + ": "
                        + report.finding())
            .toList();
    if (!fatal.isEmpty()) {
      throw new FailedException(
          "nothing is imported, since no replica could use the ring: "
              + where
              + ": "
              + String.join("; ", fatal));
    }
    return reports;
  }

  private List<ItemReport> inspect(List<KeyItem> items) {
    return ring.operations(Ring.inMemory(items), options).inspect();
  }
}
