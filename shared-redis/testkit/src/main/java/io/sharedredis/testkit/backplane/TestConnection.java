package io.sharedredis.testkit.backplane;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.Payload;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A client's connection that remembers what it was sent. Thread-safe. */
public final class TestConnection implements HubConnection {

  private final String id;
  private final @Nullable String user;
  private final HubProtocol protocol;
  private final Map<Object, Object> items = new ConcurrentHashMap<>();
  private final List<Invocation> calls = Collections.synchronizedList(new ArrayList<>());
  private final List<byte[]> bytes = Collections.synchronizedList(new ArrayList<>());
  private final HubRequest request;
  private volatile boolean closed;
  private volatile boolean gone;
  private volatile boolean mayMove;
  private volatile boolean moving;
  private volatile int unreadable;
  private volatile boolean fails;
  private volatile CompletableFuture<Void> confirmed = CompletableFuture.completedFuture(null);
  private volatile CompletableFuture<Void> drained = CompletableFuture.completedFuture(null);

  public TestConnection(String id, @Nullable String user, HubProtocol protocol) {
    this(id, user, protocol, Map.of());
  }

  /**
   * @param query parameters of the request that opened it
   */
  public TestConnection(
      String id, @Nullable String user, HubProtocol protocol, Map<String, String> query) {
    this.id = id;
    this.user = user;
    this.protocol = protocol;
    Map<String, List<String>> parameters = new HashMap<>();
    query.forEach((name, value) -> parameters.put(name, List.of(value)));
    this.request = new HubRequest("/hub", parameters, Map.of(), null, null, null);
  }

  /** From now on nothing reaches its client, which nobody has noticed yet. */
  public void lose() {
    gone = true;
  }

  /** It may go on at another replica. */
  public TestConnection movable() {
    mayMove = true;
    return this;
  }

  /** It is on its way from or to another replica, or not any more. */
  public TestConnection moving(boolean now) {
    moving = now;
    return movable();
  }

  /** Its transport throws at the next message, once. */
  public TestConnection failing() {
    fails = true;
    return this;
  }

  /** Nobody knows what its client has received before the returned future is completed. */
  public CompletableFuture<Void> unconfirmed() {
    confirmed = new CompletableFuture<>();
    return confirmed;
  }

  /** What it is sent waits until the returned future is completed. */
  public CompletableFuture<Void> full() {
    drained = new CompletableFuture<>();
    return drained;
  }

  @Override
  public boolean mayMove() {
    return mayMove;
  }

  @Override
  public boolean moving() {
    return moving;
  }

  /** The calls received, as {@code target(argument,argument)}, in order. */
  public List<String> received() {
    return calls().stream()
        .map(call -> call.target() + "(" + String.join(",", text(call)) + ")")
        .toList();
  }

  /** The arguments of a call as texts. */
  public static List<String> text(Invocation call) {
    List<String> arguments = new ArrayList<>();
    for (Object argument : call.arguments()) {
      Object value = argument instanceof Payload payload ? payload.read(String.class) : argument;
      arguments.add(String.valueOf(value));
    }
    return arguments;
  }

  /** The calls received, in order. */
  public List<Invocation> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  /** The bytes received, one array a message, in order. */
  public List<byte[]> bytes() {
    synchronized (bytes) {
      return List.copyOf(bytes);
    }
  }

  /** How many messages came without bytes for this connection's protocol. */
  public int unreadable() {
    return unreadable;
  }

  /** Whether it was told to close. */
  public boolean closed() {
    return closed;
  }

  @Override
  public String connectionId() {
    return id;
  }

  @Override
  public @Nullable String userId() {
    return user;
  }

  @Override
  public HubProtocol protocol() {
    return protocol;
  }

  @Override
  public HubRequest request() {
    return request;
  }

  @Override
  public Map<Object, Object> items() {
    return items;
  }

  @Override
  public synchronized CompletionStage<Void> send(SerializedHubMessage message) {
    byte[] received = message.bytes(protocol);
    if (fails) {
      fails = false;
      throw new IllegalStateException("the transport fails");
    }
    if (gone) {
      return CompletableFuture.completedFuture(null);
    }
    if (received == null) {
      unreadable++;
    } else {
      bytes.add(received);
      ByteBuffer input = ByteBuffer.wrap(received);
      for (byte[] frame = next(input); frame != null; frame = next(input)) {
        HubMessage read = protocol.read(frame);
        if (read instanceof Invocation call) {
          calls.add(call);
        }
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  private byte @Nullable [] next(ByteBuffer input) {
    return protocol.nextFrame(input, Integer.MAX_VALUE);
  }

  @Override
  public CompletionStage<Void> confirmed() {
    return gone ? new CompletableFuture<>() : confirmed;
  }

  @Override
  public CompletionStage<Void> drained() {
    return drained;
  }

  @Override
  public boolean open() {
    return !closed;
  }

  @Override
  public void close(@Nullable String error, boolean allowReconnect) {
    closed = true;
  }

  @Override
  public String toString() {
    return "TestConnection[" + id + "]";
  }
}
