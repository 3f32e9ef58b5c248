package io.sharedredis.starter;

import io.sharedredis.spring.web.Probes;
import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.spring.web.ReadinessCondition;
import io.sharedredis.spring.web.ReplicaHandler;
import io.sharedredis.spring.web.ReplicaValve;
import io.sharedredis.spring.web.TrustedForwards;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.valves.ValveBase;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** {@code X-Replica}, the probes, the public URL, and the notice before a stop. */
@AutoConfiguration(after = FarmAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class EdgeAutoConfiguration {

  /** Threads that ask dependencies; more than any application has dependencies. */
  private static final int CHECKS_AT_ONCE = 16;

  @Bean
  @ConditionalOnMissingBean
  PublicUrl publicUrl(Farm farm) {
    return farm.publicUrl();
  }

  @Bean
  @ConditionalOnMissingBean
  Probes probes(
      Farm farm,
      ApplicationAvailability availability,
      ObjectProvider<ReadinessCondition> conditions,
      ObjectProvider<HealthContributorRegistry> health) {
    DependencyChecks checks =
        new DependencyChecks(health::getObject, daemonThreads("shared-redis-checks"));
    return new Probes(
        farm.replicaName(),
        () -> availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC,
        () -> conditions.orderedStream().toList(),
        () -> health.getIfAvailable() == null ? Map.of() : checks.ask());
  }

  @Bean
  DrainNotice drainNotice(ApplicationContext context, SharedRedisProperties properties) {
    return new DrainNotice(context, properties.drain().notice());
  }

  /** Threads that end with the process and die when idle; a task too many is refused. */
  private static Executor daemonThreads(String name) {
    return new ThreadPoolExecutor(
        0,
        CHECKS_AT_ONCE,
        30,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Where Tomcat may be the server. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({TomcatServletWebServerFactory.class, ValveBase.class})
  static class OnTomcat {

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> replicaValve(
        ObjectProvider<Probes> probes) {
      return factory ->
          factory.addEngineValves(
              new ReplicaValve(
                  probes.getObject(), factory.getSettings().getContextPath().toString()));
    }
  }

  /** Where Jetty may be the server. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({ConfigurableJettyWebServerFactory.class, Server.class})
  static class OnJetty {

    @Bean
    WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> replicaHandler(
        ObjectProvider<Probes> probes, Farm farm) {
      return factory ->
          factory.addServerCustomizers(
              server -> {
                server.setHandler(new ReplicaHandler(probes.getObject(), server.getHandler()));
                TrustedForwards forwards = new TrustedForwards(farm.trustedProxies());
                for (Connector connector : server.getConnectors()) {
                  connector.getConnectionFactories().stream()
                      .filter(HttpConfiguration.ConnectionFactory.class::isInstance)
                      .map(HttpConfiguration.ConnectionFactory.class::cast)
                      .forEach(http -> http.getHttpConfiguration().addCustomizer(forwards));
                }
              });
    }
  }
}
