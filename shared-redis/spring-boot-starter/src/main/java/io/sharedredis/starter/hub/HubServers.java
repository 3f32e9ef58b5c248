package io.sharedredis.starter.hub;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.hub.HubFilter;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.UserIdProvider;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.server.HubDefinition;
import io.sharedredis.hub.server.HubRuntime;
import io.sharedredis.hub.server.HubServer;
import io.sharedredis.spring.hub.BeanHubActivator;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.util.ClassUtils;

/**
 * The application's hubs by path. Made at the start, where a hub that cannot be served stops it.
 */
public final class HubServers implements AutoCloseable {
  private final Map<String, HubServer> byPath = new LinkedHashMap<>();

  HubServers(
      ConfigurableListableBeanFactory beans,
      HubOptions options,
      List<HubProtocol> protocols,
      UserIdProvider users,
      List<HubFilter> filters,
      HubLifetimeFactory lifetimes,
      HubRuntime runtime) {
    for (String name : beans.getBeanNamesForAnnotation(HubEndpoint.class)) {
      Class<? extends Hub<?>> type = hubClass(beans, name);
      HubEndpoint endpoint = endpoint(type);
      HubDefinition definition =
          new HubDefinition(
              type,
              endpoint.fullName().isEmpty() ? type.getName() : endpoint.fullName(),
              new BeanHubActivator(beans, name),
              options,
              protocols,
              users,
              filters,
              AccessDeniedException.class::isInstance);
      byPath.put(endpoint.value(), new HubServer(definition, lifetimes, runtime));
    }
  }

  @SuppressWarnings("unchecked")
  private static Class<? extends Hub<?>> hubClass(
      ConfigurableListableBeanFactory beans, String name) {
    Class<?> type = beans.getType(name, false);
    if (type == null) {
      throw new IllegalStateException("the class of hub bean " + name + " is not known");
    }
    return (Class<? extends Hub<?>>) ClassUtils.getUserClass(type);
  }

  static HubEndpoint endpoint(Class<?> hub) {
    HubEndpoint endpoint = hub.getAnnotation(HubEndpoint.class);
    if (endpoint == null) {
      throw new IllegalArgumentException(hub.getName() + " has no @HubEndpoint of its own");
    }
    return endpoint;
  }

  Map<String, HubServer> byPath() {
    return byPath;
  }

  Collection<String> paths() {
    return byPath.keySet();
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  HubContext<?, ?> context(Class<? extends Hub> hub) {
    for (HubServer server : byPath.values()) {
      if (server.definition().type() == hub) {
        return server.context();
      }
    }
    throw new IllegalArgumentException("there is no hub " + hub.getName());
  }

  @Override
  public void close() {
    byPath.values().forEach(HubServer::close);
  }
}
