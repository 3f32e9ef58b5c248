package io.sharedredis.webspa.farm;

import com.microsoft.signalr.HttpHubConnectionBuilder;
import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.HubConnectionState;
import com.microsoft.signalr.TransportEnum;
import io.reactivex.rxjava3.core.Single;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Microsoft's Java client at the notification hub of one replica, and all it was told. */
public final class HubListener implements AutoCloseable {

  /** Fields as on the wire. */
  public static final class State {
    public int orderId;
    public String status;
  }

  /** Fields as on the wire. */
  public static final class Where {
    public String replica;
    public String connectionId;
  }

  private final HubConnection connection;
  private final List<State> states = new CopyOnWriteArrayList<>();
  private final List<Where> welcomes = new CopyOnWriteArrayList<>();

  public HubListener(URI replica, String bearer) {
    this(at(replica).withAccessTokenProvider(Single.just(bearer)).build());
  }

  /** Connects as a page does: by the cookie of the session. */
  public static HubListener ofSession(URI replica, String cookie) {
    return new HubListener(at(replica).withHeader("Cookie", "shop.session=" + cookie).build());
  }

  private static HttpHubConnectionBuilder at(URI replica) {
    return HubConnectionBuilder.create(replica.resolve("/hub/notificationhub").toString())
        .withTransport(TransportEnum.WEBSOCKETS);
  }

  private HubListener(HubConnection connection) {
    this.connection = connection;
    connection.on("UpdatedOrderState", states::add, State.class);
    connection.on("Connected", welcomes::add, Where.class);
  }

  public HubListener connect() {
    connection.start().timeout(20, TimeUnit.SECONDS).blockingAwait();
    Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> !welcomes.isEmpty());
    return this;
  }

  public boolean connected() {
    return connection.getConnectionState() == HubConnectionState.CONNECTED;
  }

  /** The replica that holds this connection. */
  public String replica() {
    return welcomes.get(0).replica;
  }

  /** Statuses of this order in the order of arrival, repetitions included. */
  public List<String> told(int order) {
    return states.stream().filter(state -> state.orderId == order).map(s -> s.status).toList();
  }

  /** Whether anything at all has arrived. */
  public boolean toldNothing() {
    return states.isEmpty();
  }

  @Override
  public void close() {
    connection.stop().timeout(5, TimeUnit.SECONDS).onErrorComplete().blockingAwait();
  }
}
