package io.sharedredis.starter.messaging;

import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.lettuce.messaging.MessagingBus;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.user.SimpUserRegistry;

/** A replica of {@link StompApp} on a port of its own. */
record StompReplica(ConfigurableApplicationContext context) implements AutoCloseable {

  static StompReplica start(String name, String redis, String... more) {
    List<String> properties =
        new ArrayList<>(
            List.of(
                "server.port=0",
                "spring.application.name=chat",
                "REPLICA_NAME=" + name,
                "spring.data.redis.url=" + redis,
                // What a busy machine answers late would be lost, as is stated.
                "shared-redis.redis.command-timeout=20s",
                "shared-redis.drain.notice=0s"));
    properties.addAll(List.of(more));
    return new StompReplica(
        new SpringApplicationBuilder(StompApp.class)
            .properties(properties.toArray(String[]::new))
            .run());
  }

  static StompReplica joined(String name, String redis) {
    return start(name, redis, "shared-redis.messaging.backplane=redis");
  }

  String url() {
    return "ws://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/ws";
  }

  SimpMessagingTemplate template() {
    return context.getBean("brokerMessagingTemplate", SimpMessagingTemplate.class);
  }

  SimpUserRegistry users() {
    return context.getBean(SimpUserRegistry.class);
  }

  MessagingBus bus() {
    return context.getBean(MessagingBus.class);
  }

  RedisBackplane backplane() {
    return (RedisBackplane) context.getBean(HubLifetimeFactory.class);
  }

  long count(String event) {
    return bus().meters().counter(event);
  }

  @Override
  public void close() {
    context.close();
  }
}
