package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.backplane.BackplaneMeters.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds subscriptions that are dead although the connection looks alive.
 *
 * <p>Each round publishes a number to a channel of this process's own and expects it back: a deaf
 * connection is replaced. It also subscribes that channel once more, because Redis answers with the
 * number of channels this connection has: fewer than wanted means that some were lost, and all are
 * asked for again.
 */
final class SubscriptionProbe {

  /** Rounds without an answer before the connections are given up; one may be a slow moment. */
  private static final int UNANSWERED_ROUNDS = 2;

  /** What the names of the channels of probes begin with. */
  static final String CHANNELS = "shared-redis:backplane:probe:{";

  private final RedisBus bus;
  private final String channel;
  private final String prefixed;
  private final BackplaneOptions options;
  private final InstantSource clock;
  private final ScheduledExecutorService scheduler;
  private final BackplaneMeters meters;
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong sent = new AtomicLong();
  private volatile long heard;
  private volatile Round round = new Round(0, Instant.EPOCH);
  private volatile BackplaneState.@Nullable Probe lastHeard;
  private volatile boolean counting;

  private record Round(long number, Instant begun) {}

  SubscriptionProbe(
      RedisBus bus,
      BackplaneOptions options,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      BackplaneMeters meters) {
    this.bus = bus;
    this.channel = CHANNELS + options.serverName() + "}";
    this.prefixed = bus.name(channel);
    this.options = options;
    this.clock = clock;
    this.scheduler = scheduler;
    this.meters = meters;
    var unused = bus.settle(channel, () -> true, this::echoed);
  }

  /** One round; called again and again. */
  void run() {
    meters.count(Event.PROBES);
    counting = bus.table().settled();
    bus.table().assertOne(prefixed);
    long number = sent.incrementAndGet();
    round = new Round(number, clock.instant());
    byte[] payload = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    var unused =
        bus.publish(channel, payload)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    unanswered();
                  } else {
                    failures.set(0);
                    var unusedToo =
                        scheduler.schedule(
                            () -> judge(number),
                            options.probeDeadline().toMillis(),
                            TimeUnit.MILLISECONDS);
                  }
                });
  }

  /** A connection that swallows commands may hide a Redis that is well: new ones tell. */
  private void unanswered() {
    if (failures.incrementAndGet() >= UNANSWERED_ROUNDS) {
      failures.set(0);
      meters.count(Event.PROBE_MISSES);
      bus.replaceAll("probes are not answered");
    }
  }

  // Redis took the probe, so Redis is well; if it did not come back, the listening side is deaf.
  private void judge(long number) {
    if (heard < number) {
      meters.count(Event.PROBE_MISSES);
      bus.replaceListening("a probe did not come back");
    }
  }

  private void echoed(byte[] payload) {
    try {
      long number = Long.parseLong(new String(payload, StandardCharsets.US_ASCII));
      heard = number;
      Round asked = round;
      if (asked.number() == number) {
        Instant now = clock.instant();
        lastHeard = new BackplaneState.Probe(number, now, Duration.between(asked.begun(), now));
      }
    } catch (NumberFormatException e) {
      meters.malformed("probe", "It is no number.");
    }
  }

  /** How the last ones went. */
  BackplaneState.Probe state() {
    BackplaneState.Probe last = lastHeard;
    return last == null
        ? new BackplaneState.Probe(sent.get(), null, null)
        : new BackplaneState.Probe(sent.get(), last.lastHeard(), last.lastDelay());
  }

  /** Redis confirmed a channel and told how many this connection has. */
  void confirmed(String name, long count) {
    if (counting && name.equals(prefixed)) {
      counting = false;
      if (count < bus.table().size() && bus.table().settled()) {
        meters.count(Event.SUBSCRIPTIONS_MENDED);
        bus.table().assertAll();
      }
    }
  }
}
