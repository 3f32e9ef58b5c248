package io.sharedredis.starter.hub;

import org.junit.jupiter.api.Tag;
import org.springframework.test.context.TestPropertySource;

/** What clients must not send. */
@Tag("whole")
@TestPropertySource(properties = "server.jetty.connection-idle-timeout=2s")
class BadHubInputJettyTest extends BadHubInputTest {}
