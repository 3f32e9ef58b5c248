package io.sharedredis.playground.gateway;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The gateway of docker-compose.yml: the same script and the same configuration, run here. */
class NginxGatewayIT extends GatewayPolicyContract {

  @TempDir Path directory;

  private NginxGateway nginx;

  @Override
  AutoCloseable startGateway() throws IOException {
    nginx =
        NginxGateway.start(
            directory,
            NginxGateway.freePort(),
            "127.0.0.1:" + one.port() + " localhost:" + two.port(),
            "localhost:" + identity.port());
    return nginx;
  }

  @Override
  int port() {
    return nginx.port();
  }
}
