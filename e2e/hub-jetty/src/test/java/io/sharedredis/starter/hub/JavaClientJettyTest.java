package io.sharedredis.starter.hub;

/** The official Java client over WebSockets. */
class JavaClientJettyTest extends JavaClientTest {}
