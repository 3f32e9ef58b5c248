package io.sharedredis.starter.hub;

import io.sharedredis.spring.hub.HubRoute;
import java.util.Map;

/** What answers at which path. */
record HubRoutes(Map<String, HubRoute> byPath) {}
