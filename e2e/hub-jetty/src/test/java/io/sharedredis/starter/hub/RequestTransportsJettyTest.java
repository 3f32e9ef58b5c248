package io.sharedredis.starter.hub;

/** Event streams, polls, POST and DELETE. */
class RequestTransportsJettyTest extends RequestTransportsTest {}
