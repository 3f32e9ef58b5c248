package io.sharedredis.starter.hub;

import org.springframework.test.context.TestPropertySource;

/** The official Java client over WebSockets that the container carries. */
@TestPropertySource(properties = "shared-redis.hub.sockets=portable")
class JavaClientPortableTest extends JavaClientTest {}
