package io.sharedredis.hub.server;

import io.sharedredis.hub.HubCallContext;
import io.sharedredis.hub.HubRequest;
import java.security.Principal;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The connection as hub code sees it. */
record CallContext(ServerConnection connection) implements HubCallContext {

  @Override
  public String connectionId() {
    return connection.connectionId();
  }

  @Override
  public @Nullable String userId() {
    return connection.userId();
  }

  @Override
  public @Nullable Principal user() {
    return connection.request().user();
  }

  @Override
  public HubRequest request() {
    return connection.request();
  }

  @Override
  public String transport() {
    return connection.transportName();
  }

  @Override
  public Map<Object, Object> items() {
    return connection.items();
  }

  @Override
  public CompletionStage<Void> aborted() {
    return connection.ended();
  }

  @Override
  public void abort() {
    connection.close(null, false);
  }
}
