package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.DefaultKeyPolicy;
import io.sharedredis.dataprotection.keyring.ItemReport;
import io.sharedredis.dataprotection.keyring.Key;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keyring revoke-all}: nothing that older keys protected is accepted any more. */
@Command(name = "revoke-all", description = "Revoke every key created before an instant.")
final class KeyringRevokeAll implements Callable<Integer> {
  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();
  @Mixin ReasonOption reason = new ReasonOption();

  @Option(
      names = "--before",
      required = true,
      paramLabel = "<instant>",
      description = "2026-11-22T13:00:00Z, with any offset, or 'now'.")
  String before = "";

  @Option(
      names = "--force",
      description = "Take an instant that lies ahead: keys made until then are born revoked.")
  boolean force;

  private final Surroundings io;

  KeyringRevokeAll(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    Instant instant = checkedInstant();
    reason.check();
    try (Ring opened = ring.open(io, Missing.IS_WRONG)) {
      KeyManager keys = opened.operations(ring.dataProtection(io, false).build());
      List<UUID> affected =
          keys.inspect().stream()
              .map(ItemReport::key)
              .filter(Objects::nonNull)
              .filter(key -> !key.isRevoked() && key.creation().isBefore(instant))
              .map(Key::id)
              .toList();
      keys.revokeAllCreatedBefore(instant, reason.text);
      io.say(
          "revoked "
              + Counts.of(affected.size(), "key")
              + " created before "
              + instant
              + "; Java replicas obey within a second, those of ASP.NET Core within 24 hours");
      Map<String, @Nullable Object> json = Json.object();
      json.put("before", instant);
      json.put("revoked", affected);
      if (common.json) {
        io.print(Json.line(json));
      } else {
        affected.forEach(id -> io.print(id.toString()));
      }
      Afterwards.sayIfNothingProtects(keys, io);
      return 0;
    }
  }

  private Instant checkedInstant() {
    Instant now = io.clock().instant();
    if (before.strip().equalsIgnoreCase("now")) {
      return now;
    }
    Instant instant;
    try {
      instant = OffsetDateTime.parse(before.strip()).toInstant();
    } catch (DateTimeException e) {
      throw new UsageException(
          "--before '"
              + before
              + "' is not an instant; write date, time and zone (2026-11-22T13:00:00Z,"
              + " 2026-11-22T14:00:00+01:00), or now");
    }
    if (instant.isAfter(now.plus(DefaultKeyPolicy.CLOCK_SKEW)) && !force) {
      throw new UsageException(
          "--before "
              + before
              + " lies ahead: keys made until then would be revoked as soon as they are made, and"
              + " nothing could be protected; write now, or add --force");
    }
    return instant;
  }
}
