package io.sharedredis.hub.server;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubFilter;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.UserIdProvider;
import io.sharedredis.hub.protocol.HubProtocol;
import java.util.List;
import java.util.function.Predicate;

/**
 * Everything that decides how one hub is served.
 *
 * @param type the hub's class
 * @param name its full name in the farm
 * @param protocols those it speaks, in the order backplane messages carry them
 * @param filters outermost first
 * @param unauthorized tells exceptions that refuse a caller from those that report a failure
 */
public record HubDefinition(
    Class<? extends Hub<?>> type,
    String name,
    HubActivator activator,
    HubOptions options,
    List<HubProtocol> protocols,
    UserIdProvider users,
    List<HubFilter> filters,
    Predicate<Throwable> unauthorized) {

  public HubDefinition {
    protocols = List.copyOf(protocols);
    filters = List.copyOf(filters);
    if (protocols.isEmpty()) {
      throw new IllegalArgumentException(
          "hub " + name + " has no protocols; there are no supported protocols to offer clients");
    }
  }

  /** A hub with default options, no filters and the caller's name as its user. */
  public static HubDefinition of(
      Class<? extends Hub<?>> type, HubActivator activator, List<HubProtocol> protocols) {
    return new HubDefinition(
        type,
        type.getName(),
        activator,
        HubOptions.defaults(),
        protocols,
        UserIdProvider.principalName(),
        List.of(),
        failure -> false);
  }

  public HubDefinition withOptions(HubOptions changed) {
    return new HubDefinition(
        type, name, activator, changed, protocols, users, filters, unauthorized);
  }

  public HubDefinition withFilters(List<HubFilter> changed) {
    return new HubDefinition(
        type, name, activator, options, protocols, users, changed, unauthorized);
  }
}
