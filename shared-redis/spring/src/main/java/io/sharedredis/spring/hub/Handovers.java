package io.sharedredis.spring.hub;

import io.sharedredis.lettuce.relay.Cuts;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What replicas need to hand connections over to each other.
 *
 * @param seal protects what travels, for this farm only
 * @param unseal its inverse; null for whatever it did not make
 * @param timers runs short tasks that do not block
 */
public record Handovers(
    Cuts cuts,
    UnaryOperator<byte[]> seal,
    UnaryOperator<byte @Nullable []> unseal,
    ScheduledExecutorService timers) {}
