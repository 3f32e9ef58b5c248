package io.sharedredis.spring.hub;

import io.sharedredis.lettuce.relay.Cuts;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What replicas need to hand connections over to each other.
 *
 * @param seal protects what travels
 * @param timers runs short tasks that do not block
 */
public record Handovers(Cuts cuts, HandoverSeal seal, ScheduledExecutorService timers) {}
