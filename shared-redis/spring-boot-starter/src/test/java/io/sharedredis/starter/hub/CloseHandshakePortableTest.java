package io.sharedredis.starter.hub;

import org.springframework.test.context.TestPropertySource;

/** The end of a WebSocket that the container carries. */
@TestPropertySource(properties = "shared-redis.hub.sockets=portable")
class CloseHandshakePortableTest extends CloseHandshakeTest {}
