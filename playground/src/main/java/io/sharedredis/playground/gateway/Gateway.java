package io.sharedredis.playground.gateway;

import java.util.Map;
import java.util.Objects;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The running gateway: one public port, two pools of replicas behind it. */
public final class Gateway implements AutoCloseable {

  private final ConfigurableApplicationContext context;

  private Gateway(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /**
   * Starts listening and probing; returns when the port is open.
   *
   * @param address address to listen on
   * @param port port to listen on, 0 for any
   * @param webspa replicas that get everything but {@code /identity}
   * @param identity replicas that get {@code /identity} and what lies below
   */
  public static Gateway start(String address, int port, ReplicaPool webspa, ReplicaPool identity) {
    ApplicationContextInitializer<GenericApplicationContext> pools =
        context ->
            context.registerBean(
                GatewayConfiguration.Pools.class,
                () -> new GatewayConfiguration.Pools(webspa, identity));
    SpringApplication application =
        new SpringApplicationBuilder(GatewayConfiguration.class)
            .web(WebApplicationType.REACTIVE)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            // The farm decides when the gateway goes.
            .registerShutdownHook(false)
            .properties(Map.of("server.address", address, "server.port", Integer.toString(port)))
            .initializers(pools)
            .build();
    return new Gateway(application.run());
  }

  /** The port it listens on. */
  public int port() {
    return Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer()).getPort();
  }

  /** Stops probing and listening. */
  @Override
  public void close() {
    context.close();
  }
}
