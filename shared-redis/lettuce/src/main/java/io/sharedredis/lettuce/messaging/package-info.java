/**
 * Messages of a broker that lives in each replica's memory, such as Spring's simple STOMP broker,
 * for the subscribers of the other replicas: channels, payloads, who listens to what, and which
 * users are connected where. Knows nothing of STOMP or Spring. Format: {@code
 * docs/formats/messaging.md}.
 */
@NullMarked
package io.sharedredis.lettuce.messaging;

import org.jspecify.annotations.NullMarked;
