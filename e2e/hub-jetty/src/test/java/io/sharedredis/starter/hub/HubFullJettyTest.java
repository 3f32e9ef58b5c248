package io.sharedredis.starter.hub;

/** The limit of connections. */
class HubFullJettyTest extends HubFullTest {}
