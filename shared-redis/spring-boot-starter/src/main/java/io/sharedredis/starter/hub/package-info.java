/** Hubs in a Spring Boot application: the backplane that joins replicas, its health and meters. */
@NullMarked
package io.sharedredis.starter.hub;

import org.jspecify.annotations.NullMarked;
