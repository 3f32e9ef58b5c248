package io.sharedredis.starter;

import org.junit.jupiter.api.Tag;

/** The header, the probes, the notice and forwarded headers. */
@Tag("whole")
class EdgeJettyTest extends EdgeTest {}
