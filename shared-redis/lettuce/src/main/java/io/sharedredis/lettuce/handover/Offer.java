package io.sharedredis.lettuce.handover;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection that its owner gives away, as far as the taker must know to listen for it.
 *
 * @param id of this handover, and of the mark that parts the two replicas' messages
 * @param protocol the hub protocol it speaks
 * @param userId its user; null when anonymous
 */
public record Offer(String id, String protocol, @Nullable String userId, Set<String> groups) {}
