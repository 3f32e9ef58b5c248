package io.sharedredis.lettuce.presence;

import io.sharedredis.testkit.MutableClock;
import java.time.Duration;

class InMemoryPresenceTest extends PresenceStoreContract {

  @Override
  PresenceStore store(String hub) {
    return new InMemoryPresence(MutableClock.at("2026-01-31T12:00:00Z"), Duration.ofMinutes(1));
  }
}
