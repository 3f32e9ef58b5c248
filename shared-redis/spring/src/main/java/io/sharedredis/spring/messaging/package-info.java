/**
 * Spring's own STOMP messaging on several replicas: what the simple broker delivers on one reaches
 * subscribers and users on all. The application's configuration and the broker stay as they are.
 */
@NullMarked
package io.sharedredis.spring.messaging;

import org.jspecify.annotations.NullMarked;
