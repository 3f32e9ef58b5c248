package io.sharedredis.starter.hub;

import io.sharedredis.hub.ConnectionEndpoint;
import io.sharedredis.hub.ConnectionHandler;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.hub.HubFilter;
import io.sharedredis.hub.UserIdProvider;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.server.ConnectionServer;
import io.sharedredis.hub.server.HubDefinition;
import io.sharedredis.hub.server.HubRuntime;
import io.sharedredis.hub.server.HubServer;
import io.sharedredis.hub.server.RawServer;
import io.sharedredis.spring.hub.BeanHubActivator;
import io.sharedredis.spring.hub.InnermostFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.util.ClassUtils;

/**
 * The application's hubs by path. Made at the start, where a hub that cannot be served stops it.
 */
public final class HubServers implements AutoCloseable {
  private final Map<String, ConnectionServer> byPath = new LinkedHashMap<>();
  private final List<HubServer> hubs = new ArrayList<>();

  HubServers(
      ConfigurableListableBeanFactory beans,
      HubProperties properties,
      List<HubProtocol> protocols,
      UserIdProvider users,
      Function<Class<?>, List<HubFilter>> filters,
      HubLifetimeFactory lifetimes,
      HubRuntime runtime) {
    for (String name : beans.getBeanNamesForAnnotation(HubEndpoint.class)) {
      Class<? extends Hub<?>> type = hubClass(beans, name);
      HubEndpoint endpoint = endpoint(type);
      List<HubFilter> around = filters.apply(type);
      HubDefinition definition =
          new HubDefinition(
              type,
              endpoint.fullName().isEmpty() ? type.getName() : endpoint.fullName(),
              new BeanHubActivator(beans, name, innermost(around)),
              properties.options(endpoint.value()[0]),
              protocols,
              users,
              around,
              HubServers::refuses);
      HubServer hub = new HubServer(definition, lifetimes, runtime);
      hubs.add(hub);
      for (String path : endpoint.value()) {
        put(path, hub.with(properties.options(path)));
      }
    }
    for (String name : beans.getBeanNamesForAnnotation(ConnectionEndpoint.class)) {
      for (String path : endpointOf(beans, name)) {
        ConnectionHandler handler = beans.getBean(name, ConnectionHandler.class);
        put(
            path,
            new RawServer(
                ClassUtils.getUserClass(handler).getName(),
                handler,
                properties.options(path),
                runtime));
      }
    }
    properties.requireEndpoints(byPath.keySet());
  }

  private static List<InnermostFilter> innermost(List<HubFilter> filters) {
    return filters.stream()
        .filter(InnermostFilter.class::isInstance)
        .map(InnermostFilter.class::cast)
        .toList();
  }

  /** Method security tells of nobody being signed in by another exception than of a wrong one. */
  private static boolean refuses(Throwable failure) {
    return failure instanceof AccessDeniedException || failure instanceof AuthenticationException;
  }

  private void put(String path, ConnectionServer server) {
    if (byPath.put(path, server) != null) {
      throw new IllegalArgumentException("two hubs or connection handlers are at '" + path + "'");
    }
  }

  private static String[] endpointOf(ConfigurableListableBeanFactory beans, String name) {
    ConnectionEndpoint endpoint = beans.findAnnotationOnBean(name, ConnectionEndpoint.class);
    return endpoint == null ? new String[0] : endpoint.value();
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
    if (endpoint.value().length == 0) {
      throw new IllegalArgumentException(
          "@HubEndpoint of " + hub.getName() + " must name at least one path");
    }
    return endpoint;
  }

  Map<String, ConnectionServer> byPath() {
    return byPath;
  }

  /**
   * What is served, hubs and handlers of raw connections, in the order of their first paths.
   *
   * @param hub null for a handler of raw connections
   */
  record Served(String name, List<String> paths, @Nullable HubServer hub) {}

  List<Served> served() {
    Map<String, Served> byName = new LinkedHashMap<>();
    byPath.forEach(
        (path, server) -> {
          HubServer hub = server instanceof HubServer one ? one : null;
          String name =
              hub != null
                  ? hub.definition().name()
                  : server instanceof RawServer raw ? raw.name() : server.getClass().getName();
          byName
              .computeIfAbsent(name, first -> new Served(name, new ArrayList<>(), hub))
              .paths()
              .add(path);
        });
    return List.copyOf(byName.values());
  }

  Collection<String> paths() {
    return byPath.keySet();
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  HubContext<?, ?> context(Class<? extends Hub> hub) {
    for (HubServer server : hubs) {
      if (server.definition().type() == hub) {
        return server.context();
      }
    }
    throw new IllegalArgumentException("there is no hub " + hub.getName());
  }

  @Override
  public void close() {
    hubs.forEach(HubServer::close);
  }
}
