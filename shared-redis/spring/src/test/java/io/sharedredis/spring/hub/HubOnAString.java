package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubFilter;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.lifetime.InProcessHubLifetime;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.server.CallObserver;
import io.sharedredis.hub.server.HubActivator;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.hub.server.HubDefinition;
import io.sharedredis.hub.server.HubRuntime;
import io.sharedredis.hub.server.HubServer;
import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.TransportListener;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A hub and its one client, without network. Messages are JSON without their separator. */
final class HubOnAString implements HubTransport, AutoCloseable {
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final TransportListener connection;
  private volatile boolean reading = true;

  HubOnAString(
      Class<? extends Hub<?>> type,
      Supplier<Hub<?>> hubs,
      List<HubFilter> filters,
      CallObserver calls,
      Map<String, List<String>> headers) {
    HubActivator activator =
        () -> {
          Hub<?> hub = hubs.get();
          return () -> hub;
        };
    HubServer server =
        new HubServer(
            HubDefinition.of(type, activator, List.of(new JsonHubProtocol())).withFilters(filters),
            (name, protocols) -> new InProcessHubLifetime(),
            new HubRuntime(executor, System::nanoTime, new HubConnections(), calls));
    HubRequest request = new HubRequest("/hub", Map.of(), headers, null, null, null);
    connection = server.open("one", request, this);
    send("{\"protocol\":\"json\",\"version\":1}");
    assertThat(next()).isEqualTo("{}");
  }

  void send(String json) {
    connection.received((json + "\u001e").getBytes(StandardCharsets.UTF_8));
  }

  void call(String id, String target, String arguments) {
    send(
        "{\"type\":1,\"invocationId\":\"%s\",\"target\":\"%s\",\"arguments\":[%s]}"
            .formatted(id, target, arguments));
  }

  void stream(String id, String target, String arguments) {
    send(
        "{\"type\":4,\"invocationId\":\"%s\",\"target\":\"%s\",\"arguments\":[%s]}"
            .formatted(id, target, arguments));
  }

  String next() {
    try {
      String message = messages.poll(20, TimeUnit.SECONDS);
      assertThat(message).as("a message of the server").isNotNull();
      return message;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void disconnect() {
    connection.transportClosed();
  }

  /** From now on nothing is taken from the server. */
  void stopReading() {
    reading = false;
  }

  void readOn() {
    reading = true;
    connection.output().written();
    outputReady();
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
  public synchronized void outputReady() {
    List<byte[]> unit = connection == null ? null : connection.output().take();
    while (unit != null) {
      for (byte[] frame : unit) {
        for (String message : new String(frame, StandardCharsets.UTF_8).split("\u001e")) {
          messages.add(message);
        }
      }
      if (!reading) {
        return;
      }
      connection.output().written();
      unit = connection.output().take();
    }
  }

  @Override
  public void pauseReading() {}

  @Override
  public void resumeReading() {}

  @Override
  public void abort() {}

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
