package io.sharedredis.starter.hub;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The record of who is connected, on whichever replica.
 *
 * @param enabled whether replicas keep it: numbers, pages and events of {@code presence()} need it
 *     where there are several replicas
 * @param beat time between two renewals of a replica's lease, each of which reads events too
 * @param lease how long the connections of a replica that died still count
 */
@ConfigurationProperties("shared-redis.hub.presence")
public record PresenceProperties(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("1s") Duration beat,
    @DefaultValue("5s") Duration lease) {}
