package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.protocol.Handshake;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubProtocol;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A client that comes back, with the rules of Microsoft's: after a loss it says its Sequence and
 * repeats what was not acknowledged; it awaits the server's Sequence and drops what it knows. The
 * network between is two queues of bytes that can be cut anywhere. Single-threaded.
 */
final class ReturningClient {
  private static final HubRequest REQUEST =
      new HubRequest("/hub", Map.of(), Map.of(), null, null, null);
  private static final int LIMIT = 32 * 1024;

  private final HubServer server;
  private final HubProtocol protocol;
  private final Random random;
  private Socket socket;
  private ServerConnection connection;
  private boolean shaken;

  // What it has sent: numbers from firstKept on are not acknowledged.
  private final Deque<byte[]> kept = new ArrayDeque<>();
  private long firstKept = 1;

  // What it has received.
  private boolean repeated = true;
  private boolean awaitsSequence;
  private long next = 1;
  private long latest;
  final List<HubMessage> received = new ArrayList<>();
  int returns;

  ReturningClient(HubServer server, HubProtocol protocol, Random random) {
    this.server = server;
    this.protocol = protocol;
    this.random = random;
    socket = new Socket();
    socket.wire = server.open("0123456789012345678901", REQUEST, socket, true);
    connection = socket.wire.connection();
    String handshake = "{\"protocol\":\"" + protocol.name() + "\",\"version\":2}\u001e";
    socket.toServer.writeBytes(handshake.getBytes(StandardCharsets.UTF_8));
  }

  void send(HubMessage message) {
    byte[] frame = protocol.write(message);
    kept.add(frame);
    if (repeated) {
      socket.toServer.writeBytes(frame);
    }
  }

  void acknowledge() {
    if (repeated && latest > 0) {
      socket.toServer.writeBytes(protocol.write(new HubMessage.Ack(latest)));
    }
  }

  boolean everythingAcknowledged() {
    return kept.isEmpty();
  }

  boolean shaken() {
    return shaken;
  }

  /** Some bytes arrive, in both directions. */
  void flow() {
    socket.flow(random.nextInt(1 + socket.toServer.size()), Integer.MAX_VALUE);
    socket.flow(0, random.nextInt(1 + socket.toClient.size()));
  }

  /** All bytes arrive, and those they cause. */
  void flowAll() {
    while (socket.toServer.size() > 0 || socket.toClient.size() > 0) {
      socket.flow(Integer.MAX_VALUE, Integer.MAX_VALUE);
    }
  }

  /** The socket is lost in the middle of what is under way, and another one comes. */
  void cut() {
    Socket lost = socket;
    flow();
    awaitsSequence = true;
    // The server may see the new socket before it sees that the old one is gone.
    boolean late = random.nextBoolean();
    if (!late) {
      lost.wire.transportLost();
    }
    socket = new Socket();
    returns++;
    socket.wire = connection.resume(REQUEST, socket);
    socket.outputReady();
    // Microsoft's clients repeat at once; others may await the server's Sequence.
    repeated = random.nextBoolean();
    if (repeated) {
      repeat();
    }
    if (late) {
      lost.wire.received(new byte[] {'?'});
      lost.wire.transportLost();
    }
  }

  private void take(byte[] webSocketMessage) {
    ByteBuffer input = ByteBuffer.wrap(webSocketMessage);
    if (!shaken) {
      input.position(Handshake.response(null).length);
      shaken = true;
    }
    byte[] frame = protocol.nextFrame(input, LIMIT);
    while (frame != null) {
      HubMessage message = protocol.read(frame);
      if (message != null) {
        take(message);
      }
      frame = protocol.nextFrame(input, LIMIT);
    }
    assertThat(input.hasRemaining()).as("rest of a message").isFalse();
  }

  private void take(HubMessage message) {
    if (awaitsSequence) {
      if (message instanceof HubMessage.Sequence sequence) {
        returned(sequence.sequenceId());
      }
    } else if (message instanceof HubMessage.Ack ack) {
      while (firstKept <= ack.sequenceId() && !kept.isEmpty()) {
        kept.remove();
        firstKept++;
      }
    } else if (message.numbered()) {
      long number = next++;
      if (number > latest) {
        latest = number;
        received.add(message);
      }
    } else if (message instanceof HubMessage.Close close) {
      throw new AssertionError("closed by the server: " + close.error());
    }
  }

  private void returned(long sequence) {
    if (sequence > next) {
      throw new AssertionError("the server goes on with " + sequence + ", expected " + next);
    }
    awaitsSequence = false;
    next = sequence;
    if (!repeated) {
      repeat();
    }
  }

  private void repeat() {
    repeated = true;
    socket.toServer.writeBytes(protocol.write(new HubMessage.Sequence(firstKept)));
    kept.forEach(socket.toServer::writeBytes);
  }

  /** One socket and the bytes under way on it. */
  private final class Socket implements HubTransport {
    private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
    private final Deque<byte[]> toClient = new ArrayDeque<>();
    private Wire wire;

    void flow(int up, int down) {
      wire.received(taken(toServer, up));
      outputReady();
      for (int i = 0; i < down && !toClient.isEmpty(); i++) {
        take(toClient.remove());
      }
    }

    private static byte[] taken(ByteArrayOutputStream queue, int atMost) {
      byte[] all = queue.toByteArray();
      int length = Math.min(atMost, all.length);
      queue.reset();
      queue.write(all, length, all.length - length);
      return Arrays.copyOf(all, length);
    }

    @Override
    public void outputReady() {
      if (wire == null) {
        return;
      }
      List<byte[]> unit = wire.output().take();
      while (unit != null) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        unit.forEach(message::writeBytes);
        toClient.add(message.toByteArray());
        wire.output().written();
        unit = wire.output().take();
      }
    }

    @Override
    public String name() {
      return "WebSockets";
    }

    @Override
    public boolean supportsBinary() {
      return true;
    }

    @Override
    public void useBinary(boolean binary) {}

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}

    @Override
    public void abort() {}
  }
}
