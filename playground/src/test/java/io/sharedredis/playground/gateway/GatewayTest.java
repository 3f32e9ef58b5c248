package io.sharedredis.playground.gateway;

import java.util.List;

/** The playground's own gateway. */
class GatewayTest extends GatewayPolicyContract {

  private Gateway running;

  @Override
  AutoCloseable startGateway() {
    ReplicaPool webspa = new ReplicaPool("webspa", List.of(upstream(one), upstream(two)));
    ReplicaPool identities = new ReplicaPool("identity", List.of(upstream(identity)));
    running = Gateway.start("127.0.0.1", 0, webspa, identities);
    return running;
  }

  private static Upstream upstream(Backend backend) {
    return new Upstream(backend.name, backend.origin(), change -> {});
  }

  @Override
  int port() {
    return running.port();
  }
}
