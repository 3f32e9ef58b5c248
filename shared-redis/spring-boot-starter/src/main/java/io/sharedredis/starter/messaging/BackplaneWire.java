package io.sharedredis.starter.messaging;

import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.lettuce.relay.RelayWire;
import io.sharedredis.starter.InvalidSettingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

/** Finds the connections that messaging shares with the hubs. */
final class BackplaneWire {

  private static final Logger log = LoggerFactory.getLogger(BackplaneWire.class);

  private BackplaneWire() {}

  static RelayWire of(HubLifetimeFactory lifetimes, Environment environment) {
    if (lifetimes instanceof RedisBackplane backplane) {
      return backplane.relayWire();
    }
    if ("none".equalsIgnoreCase(environment.getProperty("shared-redis.hub.backplane"))) {
      throw new InvalidSettingException(
          "shared-redis.messaging.backplane",
          "redis",
          "needs the hub backplane's connections, which shared-redis.hub.backplane turns off",
          "Set shared-redis.hub.backplane to redis, or both to none.");
    }
    // IsClusterEnv=false: one process, as on a developer's machine.
    log.info("This process stands alone: STOMP messages reach its own clients");
    return new Alone();
  }

  static InvalidSettingException noSimpleBroker() {
    return new InvalidSettingException(
        "shared-redis.messaging.backplane",
        "redis",
        "needs Spring's simple broker, and the application has none",
        "Call enableSimpleBroker in configureMessageBroker, or set the property to none where a"
            + " broker relay serves all replicas.");
  }

  /** Nobody else is there. */
  private static final class Alone implements RelayWire {

    @Override
    public CompletionStage<Void> publish(String channel, byte[] payload) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> hasListeners(String channel) {
      return CompletableFuture.completedFuture(false);
    }

    @Override
    public void listen(String channel, Consumer<byte[]> receiver) {}

    @Override
    public void leave(String channel) {}

    @Override
    public boolean settled() {
      return true;
    }
  }
}
