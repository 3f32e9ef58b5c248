package io.sharedredis.hub;

import org.jspecify.annotations.Nullable;

/** What the server does to a hub object around a call. No API for applications. */
public final class HubCalls {
  private HubCalls() {}

  public static <C> void attach(
      Hub<C> hub, @Nullable HubCallContext context, HubCallerClients<C> clients, HubGroups groups) {
    hub.attach(context, clients, groups);
  }

  public static void connected(Hub<?> hub) throws Exception {
    hub.onConnected();
  }

  public static void gap(Hub<?> hub, ReliableGap gap) throws Exception {
    hub.onGap(gap);
  }

  public static void disconnected(Hub<?> hub, @Nullable Throwable failure) throws Exception {
    hub.onDisconnected(failure);
  }
}
