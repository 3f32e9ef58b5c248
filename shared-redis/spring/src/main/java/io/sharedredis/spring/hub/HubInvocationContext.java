package io.sharedredis.spring.hub;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.sharedredis.hub.HubCallContext;
import io.sharedredis.hub.HubRequest;
import java.util.Map;

/**
 * One call as observations see it. A trace goes on that the client's message names in its headers,
 * else that of the request which opened the connection.
 */
public final class HubInvocationContext extends ReceiverContext<HubRequest> {
  private final String hub;
  private final String method;
  private final HubCallContext call;

  HubInvocationContext(
      String hub, String method, HubCallContext call, Map<String, String> headers) {
    super(
        (request, name) -> {
          String own = headers.get(name);
          return own == null && request != null ? request.header(name) : own;
        },
        Kind.SERVER);
    this.hub = hub;
    this.method = method;
    this.call = call;
    setCarrier(call.request());
  }

  /** Full name of the hub. */
  public String hub() {
    return hub;
  }

  /** Name of the method as clients know it; {@code (unknown)} for all there are not. */
  public String method() {
    return method;
  }

  /** The connection that calls. */
  public HubCallContext call() {
    return call;
  }
}
