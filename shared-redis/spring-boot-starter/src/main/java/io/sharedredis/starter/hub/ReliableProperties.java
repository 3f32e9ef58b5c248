package io.sharedredis.starter.hub;

import io.sharedredis.lettuce.backplane.ReliableOptions;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisTopology;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Reliable messages of hubs.
 *
 * @param enabled whether they can be sent, and are looked after when they come; the same on every
 *     replica
 * @param maxLength messages kept for each channel, at least; times their size is what a busy
 *     channel takes of Redis
 * @param retention how long a channel's messages are kept after its last one: longer than a replica
 *     takes to restart
 * @param minReplicas replicas of Redis that must have a message before its sender is told that it
 *     is kept; by default 1 behind sentinels and in a cluster, else 0
 * @param retryTimeout how long a message is tried again before its sender is told: longer than a
 *     fail-over
 * @param idempotency how long idempotency keys are remembered: longer than callers repeat a request
 * @param checkInterval time between two looks whether a channel's last message has arrived
 * @param maxHeldBytes memory for live messages that wait while the history is asked, of all
 *     channels of a hub together; what is beyond is read from the history
 * @param maxFillBytes what may come from the histories of all channels of a hub at once
 */
@ConfigurationProperties("shared-redis.hub.reliable")
public record ReliableProperties(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("10000") int maxLength,
    @DefaultValue("10m") Duration retention,
    @Nullable Integer minReplicas,
    @DefaultValue("15s") Duration retryTimeout,
    @DefaultValue("10m") Duration idempotency,
    @DefaultValue("30s") Duration checkInterval,
    @DefaultValue("64MB") DataSize maxHeldBytes,
    @DefaultValue("32MB") DataSize maxFillBytes) {

  /** What they mean for a Redis; null when they are switched off. */
  @Nullable ReliableOptions options(RedisAddress address) {
    if (!enabled) {
      return null;
    }
    boolean replicated =
        address.topology() instanceof RedisTopology.Sentinel
            || address.topology() instanceof RedisTopology.Cluster;
    int replicas = minReplicas != null ? minReplicas : replicated ? 1 : 0;
    return new ReliableOptions(
        maxLength,
        retention,
        retryTimeout,
        idempotency,
        replicas,
        checkInterval,
        maxHeldBytes.toBytes(),
        (int) Math.min(Integer.MAX_VALUE, maxFillBytes.toBytes()));
  }
}
