package io.sharedredis.starter.hub;

/** Negotiation, paths, origins and status codes. */
class HubHttpJettyTest extends HubHttpTest {}
