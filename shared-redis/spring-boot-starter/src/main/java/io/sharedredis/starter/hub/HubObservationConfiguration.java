package io.sharedredis.starter.hub;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.sharedredis.hub.server.CallObserver;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.netty.HubLoops;
import io.sharedredis.spring.hub.HubInvocationConvention;
import io.sharedredis.spring.hub.ObservedCalls;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What can be seen of hubs: meters, observations, the actuator's endpoint. */
@Configuration(proxyBeanMethods = false)
class HubObservationConfiguration {

  /** Where there are meters. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  static class Meters {

    @Bean
    MeterBinder hubMeterBinder(HubConnections connections, HubLoops loops, HubFarm farm) {
      return new HubMeterBinder(connections, loops.meter(), farm);
    }

    @Bean
    @ConditionalOnMissingBean
    CallObserver hubCallObserver(
        HubProperties properties,
        ConfigurableListableBeanFactory beans,
        ObjectProvider<MeterRegistry> meters,
        ObjectProvider<ObservationRegistry> observations,
        ObjectProvider<HubInvocationConvention> convention) {
      boolean observed =
          switch (properties.observations()) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> hasTracer(beans);
          };
      if (observed) {
        // Its handler for meters, if there is one, makes the timer that we would.
        return new ObservedCalls(
            () -> observations.getIfAvailable(() -> ObservationRegistry.NOOP),
            convention.getIfAvailable(HubInvocationConvention::new));
      }
      return beans.getBeanNamesForType(MeterRegistry.class, true, false).length == 0
          ? CallObserver.NONE
          : new CallTimers(
              () -> meters.getIfUnique(() -> Metrics.globalRegistry), System::nanoTime);
    }

    // An observation costs about a microsecond, much of what a call costs in all: none is made for
    // the handler that only makes meters of it, which Boot always has.
    private static boolean hasTracer(ConfigurableListableBeanFactory beans) {
      for (String name : beans.getBeanNamesForType(ObservationHandler.class, true, false)) {
        Class<?> type = beans.getType(name, false);
        if (type == null || !MeterObservationHandler.class.isAssignableFrom(type)) {
          return true;
        }
      }
      return false;
    }
  }

  /** Where there is an actuator. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
  static class Endpoint {

    @Bean
    @ConditionalOnAvailableEndpoint
    HubsEndpoint hubsEndpoint(
        HubServers servers,
        HubConnections connections,
        HubDrain drain,
        ApplicationAvailability availability) {
      return new HubsEndpoint(
          servers,
          connections,
          () ->
              !drain.isRunning()
                  || availability.getReadinessState() == ReadinessState.REFUSING_TRAFFIC);
    }
  }
}
