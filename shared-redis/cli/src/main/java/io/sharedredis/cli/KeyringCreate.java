package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.keyring.KeyActivation;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keyring create}: makes a key. */
@Command(
    name = "create",
    description = {
      "Make a key. While another key protects it becomes active in 48 hours, when replicas of"
          + " ASP.NET Core are sure to know it."
    })
final class KeyringCreate implements Callable<Integer> {
  /** As of ASP.NET Core. */
  private static final Duration DEFAULT_LIFETIME = Duration.ofDays(90);

  /** Shortest lifetime that replicas may be configured with; below, they hardly keep up. */
  private static final Duration SHORT = Duration.ofDays(7);

  private static final Instant YEAR_10000 = Instant.parse("9999-12-31T00:00:00Z");

  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();

  @Option(
      names = "--activate-now",
      description = "Let the key protect at once, though not every replica may know it yet.")
  boolean activateNow;

  @Option(
      names = "--lifetime",
      paramLabel = "<duration>",
      description = "How long the key may protect, from its activation: 90d, P90D. Default: 90d")
  @Nullable String lifetime;

  private final Surroundings io;

  KeyringCreate(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    Duration life = checkedLifetime();
    try (Ring opened = ring.open(io, Missing.IS_MADE)) {
      KeyManager keys = opened.operations(ring.forNewKeys(io).build());
      Key key =
          keys.create(activateNow ? KeyActivation.NOW : KeyActivation.WHEN_KNOWN_EVERYWHERE, life);
      io.print(
          common.json
              ? Json.line(KeyView.json(key, null, io.clock().instant()))
              : key.id().toString());
      explain(key, opened);
      return 0;
    }
  }

  private void explain(Key key, Ring opened) {
    if (!ring.encryptsKeys()) {
      io.say(
          "warning: the key lies unencrypted in the "
              + opened.name()
              + "; --certificate encrypts new keys");
    }
    if (activateNow) {
      io.say(
          "warning: the key protects at once. Java replicas know it within a second; replicas of"
              + " ASP.NET Core that have run for more than two minutes refuse what it protects until"
              + " they read the ring again, up to 24 hours from now, or are restarted");
    } else if (key.activation().isAfter(io.clock().instant())) {
      io.say(
          "the key becomes active at "
              + KeyView.seconds(key.activation())
              + ", when every replica knows it; until then the present key protects");
    } else {
      io.say("the key is active now, since no other key can protect");
    }
  }

  private Duration checkedLifetime() {
    Duration life = lifetime == null ? DEFAULT_LIFETIME : Durations.parse("--lifetime", lifetime);
    if (life.isNegative() || life.isZero()) {
      throw new UsageException("--lifetime " + lifetime + " must be longer than nothing: 90d");
    }
    try {
      if (io.clock().instant().plus(life).isAfter(YEAR_10000)) {
        throw new DateTimeException("too late");
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw new UsageException("--lifetime " + lifetime + " is too long: 90d, 3650d");
    }
    if (life.compareTo(SHORT) < 0) {
      io.say(
          "warning: --lifetime "
              + lifetime
              + " is shorter than 7 days: replicas make a successor three days before a key ends");
    }
    return life;
  }
}
