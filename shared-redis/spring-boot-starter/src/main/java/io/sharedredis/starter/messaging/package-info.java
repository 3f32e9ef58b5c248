/** Sets up Spring's STOMP messaging across replicas, where the application asks for it. */
@NullMarked
package io.sharedredis.starter.messaging;

import org.jspecify.annotations.NullMarked;
