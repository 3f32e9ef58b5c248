package io.sharedredis.starter.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

/** Spring's STOMP client at one replica, which remembers what it gets. */
final class StompClient implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(20);
  private static final String PROBE = "probe ";

  final List<String> received = new CopyOnWriteArrayList<>();
  final List<StompHeaders> headers = new CopyOnWriteArrayList<>();
  private final List<String> probes = new CopyOnWriteArrayList<>();
  private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
  private final WebSocketStompClient client;
  final StompSession session;

  /**
   * @param user null for nobody
   */
  StompClient(StompReplica replica, @Nullable String user) throws Exception {
    scheduler.setThreadNamePrefix("stomp-client");
    scheduler.setDaemon(true);
    scheduler.initialize();
    StandardWebSocketClient sockets = new StandardWebSocketClient();
    // Unit: milliseconds. As it comes a busy machine's handshake ends after five seconds.
    sockets.setUserProperties(Map.of("org.apache.tomcat.websocket.IO_TIMEOUT_MS", "20000"));
    client = new WebSocketStompClient(sockets);
    client.setMessageConverter(new StringMessageConverter());
    client.setTaskScheduler(scheduler);
    client.setDefaultHeartbeat(new long[] {0, 0});
    WebSocketHttpHeaders handshake = new WebSocketHttpHeaders();
    if (user != null) {
      handshake.setBasicAuth(user, "secret");
    }
    session =
        client
            .connectAsync(replica.url(), handshake, new StompSessionHandlerAdapter() {})
            .get(20, TimeUnit.SECONDS);
    session.setAutoReceipt(false);
  }

  /** Subscribes to what is sent to the destination. */
  StompSession.Subscription subscribe(String destination) {
    return session.subscribe(
        destination,
        new StompFrameHandler() {
          @Override
          public Type getPayloadType(StompHeaders frame) {
            return String.class;
          }

          @Override
          public void handleFrame(StompHeaders frame, @Nullable Object payload) {
            String text = String.valueOf(payload);
            if (text.startsWith(PROBE)) {
              probes.add(text.substring(PROBE.length()));
            } else {
              headers.add(frame);
              received.add(text);
            }
          }
        });
  }

  /** Subscribes, and waits until what any of the replicas sends to the destination arrives. */
  StompClient at(String destination, String probed, List<StompReplica> replicas) {
    var unused = subscribe(destination);
    for (StompReplica replica : replicas) {
      String name = "at " + replicas.indexOf(replica) + probed;
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                if (!probes.contains(name)) {
                  replica.template().convertAndSend(probed, PROBE + name);
                }
                return probes.contains(name);
              });
    }
    return this;
  }

  StompClient at(String destination, List<StompReplica> replicas) {
    return at(destination, destination, replicas);
  }

  /** Waits for exactly these, in any order. */
  void gets(String... texts) {
    await().atMost(SOON).untilAsserted(() -> assertThat(received).containsExactlyInAnyOrder(texts));
  }

  @Override
  public void close() {
    if (session.isConnected()) {
      session.disconnect();
    }
    client.stop();
    scheduler.shutdown();
  }
}
