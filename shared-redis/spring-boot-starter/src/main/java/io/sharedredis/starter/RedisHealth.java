package io.sharedredis.starter;

import io.sharedredis.lettuce.connection.RedisLink;
import org.springframework.boot.health.contributor.Health;

/** Whether one Redis answers, and whether a cluster serves all of its slots. */
final class RedisHealth {

  private RedisHealth() {}

  static Health of(RedisLink<?, ?> link) {
    try {
      link.check();
      return Health.up().withDetail("redis", link.address().toString()).build();
    } catch (RuntimeException e) {
      return Health.down(e).withDetail("redis", link.address().toString()).build();
    }
  }
}
