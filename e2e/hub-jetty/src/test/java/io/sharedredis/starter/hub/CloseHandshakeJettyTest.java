package io.sharedredis.starter.hub;

/** The end of a WebSocket, byte by byte. */
class CloseHandshakeJettyTest extends CloseHandshakeTest {}
