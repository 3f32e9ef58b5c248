package io.sharedredis.webspa.notifications;

/** Where a connection ended up, so that people and tests can see what the backplane bridges. */
record HubConnected(String replica, String connectionId) {}
