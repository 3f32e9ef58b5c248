package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.ClientResultException;
import io.sharedredis.hub.lifetime.ClientResults;
import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ClientResult;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ReturnAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Client results across replicas: answers of this replica's clients on their way to the replica
 * that asked, and answers of other replicas' clients to calls of this one. Thread-safe.
 */
final class RemoteResults {

  /** Calls of other replicas that clients of this one may owe an answer; more are refused. */
  private static final int MAX_OWED = 10_000;

  /**
   * Time after which a client's answer is given up, and up to twice that; 5 min, ten times what a
   * caller waits unless told otherwise. The asking replica's own timeout is not known here.
   */
  private static final Duration FORGET_AFTER = Duration.ofMinutes(5);

  private record Owed(HubConnection connection, String channel, long round) {}

  private final BackplaneBus bus;
  private final Map<String, HubProtocol> protocols;
  private final ClientResults results;
  private final BackplaneMeters meters;
  private final Map<String, Owed> owed = new ConcurrentHashMap<>();
  private final AtomicLong round = new AtomicLong();
  private final ScheduledFuture<?> forgetting;

  RemoteResults(
      BackplaneBus bus,
      List<HubProtocol> protocols,
      ClientResults results,
      BackplaneMeters meters,
      ScheduledExecutorService scheduler) {
    this.bus = bus;
    this.protocols = new ConcurrentHashMap<>();
    protocols.forEach(protocol -> this.protocols.put(protocol.name(), protocol));
    this.results = results;
    this.meters = meters;
    long millis = FORGET_AFTER.toMillis();
    this.forgetting =
        scheduler.scheduleWithFixedDelay(this::forget, millis, millis, TimeUnit.MILLISECONDS);
  }

  // A client that never answers but stays would otherwise use up what may be owed.
  private void forget() {
    long now = round.getAndIncrement();
    owed.values().removeIf(debt -> debt.round() < now);
  }

  void close() {
    forgetting.cancel(false);
  }

  /** Another replica asks a client of this one. */
  void asked(HubConnection connection, ReturnAddress wanted, SerializedHubMessage call) {
    if (owed.size() >= MAX_OWED) {
      refuse(connection, wanted, "Too many client results are awaited from this server.");
      return;
    }
    Owed debt = new Owed(connection, wanted.channel(), round.get());
    if (owed.putIfAbsent(wanted.invocationId(), debt) != null) {
      refuse(
          connection,
          wanted,
          "ID collision occurred when using client results. This is likely a bug in SignalR.");
      return;
    }
    connection.send(call);
  }

  /** Another replica asks a client that has just left, so that it need not wait. */
  void askedInVain(ReturnAddress wanted) {
    HubProtocol any = protocols.values().iterator().next();
    send(wanted.channel(), any, gone(wanted.invocationId()));
  }

  private void refuse(HubConnection connection, ReturnAddress wanted, String error) {
    send(wanted.channel(), connection.protocol(), Completion.ofError(wanted.invocationId(), error));
  }

  /**
   * Forwards a client's answer when another replica awaits it.
   *
   * @return false when none does
   * @throws ClientResultException when another connection was asked
   */
  boolean answered(HubConnection connection, Completion completion) {
    Owed debt = owed.get(completion.invocationId());
    if (debt == null) {
      return false;
    }
    if (debt.connection() != connection) {
      throw new ClientResultException(
          "Connection ID '"
              + connection.connectionId()
              + "' is not valid for invocation ID '"
              + completion.invocationId()
              + "'.");
    }
    if (owed.remove(completion.invocationId(), debt)) {
      send(debt.channel(), connection.protocol(), completion);
    }
    return true;
  }

  /** A connection is gone; the replicas that wait for its answers are told. */
  void connectionLost(HubConnection connection) {
    owed.forEach(
        (id, debt) -> {
          if (debt.connection() == connection && owed.remove(id, debt)) {
            send(debt.channel(), connection.protocol(), gone(id));
          }
        });
  }

  /** How many answers clients of this replica owe to others. */
  int owed() {
    return owed.size();
  }

  private static Completion gone(String invocationId) {
    return Completion.ofError(invocationId, "Connection disconnected.");
  }

  private void send(String channel, HubProtocol protocol, Completion completion) {
    byte[] payload =
        BackplaneCodec.encode(new ClientResult(protocol.name(), protocol.write(completion)));
    // Nobody is there to be told; the failure is counted by the bus, and the asking replica's
    // caller has a deadline of its own.
    var unused = bus.publish(channel, payload).exceptionally(failure -> null);
  }

  /** An answer of another replica's client arrived. */
  void arrived(ClientResult result) {
    HubProtocol protocol = protocols.get(result.protocol());
    if (protocol == null) {
      meters.malformed("client result", "Its protocol is none of this hub's.");
      return;
    }
    byte[] frame = protocol.nextFrame(ByteBuffer.wrap(result.framed()), Integer.MAX_VALUE);
    HubMessage message = frame == null ? null : protocol.read(frame);
    if (message instanceof Completion completion) {
      boolean awaited = results.completeRelayed(completion);
      if (!awaited) {
        meters.count(BackplaneMeters.Event.LATE_ANSWERS);
      }
    } else {
      meters.malformed("client result", "It holds no whole Completion.");
    }
  }
}
