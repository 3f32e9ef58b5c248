/** An application with Spring's STOMP messaging on several replicas, with real clients. */
@NullMarked
package io.sharedredis.starter.messaging;

import org.jspecify.annotations.NullMarked;
