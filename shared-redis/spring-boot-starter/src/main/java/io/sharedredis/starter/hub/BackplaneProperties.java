package io.sharedredis.starter.hub;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The Redis of the hub backplane; whether there is one is {@code shared-redis.hub.backplane}.
 *
 * @param url where it is; by default {@code SignalrStoreConnectionString}, else {@code
 *     spring.data.redis.url}
 * @param channelPrefix put before every channel name; the same as {@code ChannelPrefix} of .NET
 *     replicas on the same Redis
 * @param partitions into how many parts channels are divided for sharded pub/sub of a Redis
 *     Cluster, the same number on every replica; 0 for ordinary pub/sub, which .NET replicas need
 * @param ackTimeout longest wait for another replica to change a group
 * @param probeInterval time between two checks that this replica still hears the others
 */
@ConfigurationProperties("shared-redis.hub.redis")
public record BackplaneProperties(
    @Nullable String url,
    @DefaultValue("") String channelPrefix,
    @DefaultValue("0") int partitions,
    @DefaultValue("30s") Duration ackTimeout,
    @DefaultValue("10s") Duration probeInterval) {}
