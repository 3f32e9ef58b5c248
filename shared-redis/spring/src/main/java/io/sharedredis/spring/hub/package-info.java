/**
 * Hubs over HTTP in a Spring application: where they are found, negotiation, the portable WebSocket
 * path over the Jakarta API, and what Spring Security needs to know of hub paths.
 */
@NullMarked
package io.sharedredis.spring.hub;

import org.jspecify.annotations.NullMarked;
