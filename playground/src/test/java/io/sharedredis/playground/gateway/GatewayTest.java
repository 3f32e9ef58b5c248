package io.sharedredis.playground.gateway;

import java.util.List;

/** The playground's own gateway. */
class GatewayTest extends GatewayPolicyContract {

  private Gateway running;

  @Override
  AutoCloseable startGateway() {
    ReplicaPool webspa =
        new ReplicaPool(
            "webspa",
            List.of(new Upstream(one.name, one.origin()), new Upstream(two.name, two.origin())));
    ReplicaPool identities =
        new ReplicaPool("identity", List.of(new Upstream(identity.name, identity.origin())));
    running = Gateway.start("127.0.0.1", 0, webspa, identities);
    return running;
  }

  @Override
  int port() {
    return running.port();
  }
}
