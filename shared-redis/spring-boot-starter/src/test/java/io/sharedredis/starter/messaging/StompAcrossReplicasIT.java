package io.sharedredis.starter.messaging;

import static io.sharedredis.starter.messaging.StompClient.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.sharedredis.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.web.socket.messaging.SessionConnectedEvent;

/** Two replicas of a STOMP application, clients on both, and one Redis between them. */
class StompAcrossReplicasIT {

  private static RedisServer redis;
  private static StompReplica a;
  private static StompReplica b;
  private static List<StompReplica> both;

  @BeforeAll
  static void startReplicas() {
    redis = RedisServer.startOwn();
    a = StompReplica.joined("web-1", redis.url());
    b = StompReplica.joined("web-2", redis.url());
    both = List.of(a, b);
  }

  @AfterAll
  static void stopReplicas() {
    a.close();
    b.close();
    redis.close();
  }

  @Test
  void whatTheApplicationSendsReachesSubscribersOfAllReplicasOnce() throws Exception {
    try (StompClient onA = new StompClient(a, null).at("/topic/news", both);
        StompClient onB = new StompClient(b, null).at("/topic/news", both)) {
      a.template().convertAndSend("/topic/news", "first", Map.of("colour", "red"));
      onA.gets("first");
      onB.gets("first");
      b.template().convertAndSend("/topic/news", "second");
      for (StompClient client : List.of(onA, onB)) {
        client.gets("first", "second");
        assertThat(client.headers.get(0).getFirst("colour")).isEqualTo("red");
        assertThat(client.headers.get(0).getDestination()).isEqualTo("/topic/news");
        assertThat(String.valueOf(client.headers.get(0).getContentType())).startsWith("text/plain");
      }
    }
  }

  @Test
  void whatHandlersAnswerAndWhatClientsSendToTheBrokerReachesAllReplicas() throws Exception {
    try (StompClient onA = new StompClient(a, "alice").at("/topic/chat.java", both);
        StompClient onB = new StompClient(b, null).at("/topic/chat.java", both)) {
      onA.session.send("/app/chat/java", "handled");
      onA.gets("java: handled");
      onB.gets("java: handled");
      StompHeaders headers = new StompHeaders();
      headers.setDestination("/topic/chat.java");
      headers.add("mood", "good");
      onB.session.send(headers, "direct");
      onA.gets("java: handled", "direct");
      onB.gets("java: handled", "direct");
      assertThat(onA.headers.get(1).getFirst("mood")).isEqualTo("good");
    }
  }

  @Test
  void patternsHearEveryMatchingDestinationOfOtherReplicasOnce() throws Exception {
    try (StompClient onA = new StompClient(a, null).at("/topic/stock.*", "/topic/stock.x", both);
        StompClient also = new StompClient(a, null).at("/topic/stock.eur", both)) {
      b.template().convertAndSend("/topic/stock.eur", "1");
      b.template().convertAndSend("/topic/stock.usd", "2");
      b.template().convertAndSend("/topic/weather", "3");
      onA.gets("1", "2");
      also.gets("1");
    }
    assertThat(subscribeCommands()).isBetween(8L, 300L);
    await().atMost(SOON).until(() -> a.backplane().subscriptions() < 100);
  }

  /** Of both replicas and all tests; a pattern alone once cost 4,096. */
  private static long subscribeCommands() {
    RedisClient client = RedisClient.create(redis.url());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      return connection
          .sync()
          .info("commandstats")
          .lines()
          .filter(line -> line.startsWith("cmdstat_subscribe:calls="))
          .mapToLong(line -> Long.parseLong(line.substring(24, line.indexOf(','))))
          .sum();
    } finally {
      client.shutdown();
    }
  }

  @Test
  void usersAreReachedWhereverTheirSessionsAre() throws Exception {
    try (StompClient onA =
            new StompClient(a, "alice").at("/user/queue/orders", "/user/alice/queue/orders", both);
        StompClient onB =
            new StompClient(b, "alice").at("/user/queue/orders", "/user/alice/queue/orders", both);
        StompClient bob =
            new StompClient(b, "bob").at("/user/queue/orders", "/user/bob/queue/orders", both)) {
      a.template().convertAndSendToUser("alice", "/queue/orders", "1");
      b.template().convertAndSendToUser("alice", "/queue/orders", "2");
      a.template().convertAndSendToUser("bob", "/queue/orders", "3");
      onA.gets("1", "2");
      onB.gets("1", "2");
      bob.gets("3");
      // A client may address a user of another replica itself.
      onA.session.send("/user/bob/queue/orders", "4");
      bob.gets("3", "4");
      assertThat(onB.headers.get(0).getDestination()).isEqualTo("/user/queue/orders");
    }
  }

  @Test
  void answersToTheUserGoToAllHerSessionsAndThoseToTheSessionToItAlone() throws Exception {
    try (StompClient onA =
            new StompClient(a, "carol")
                .at("/user/queue/answers", "/user/carol/queue/answers", both);
        StompClient onB =
            new StompClient(b, "carol")
                .at("/user/queue/answers", "/user/carol/queue/answers", both)) {
      onA.session.send("/app/asked-here", "1");
      onA.gets("here 1");
      onA.session.send("/app/asked", "2");
      onA.gets("here 1", "carol 2");
      // Sent later and on the same way: had the first one come here, it would be here.
      onB.gets("carol 2");
    }
  }

  @Test
  void sessionsOfNobodyAreAddressedFromOtherReplicas() throws Exception {
    List<String> sessions = new CopyOnWriteArrayList<>();
    a.context()
        .addApplicationListener(
            event -> {
              if (event instanceof SessionConnectedEvent connected) {
                sessions.add(
                    String.valueOf(
                        SimpMessageHeaderAccessor.getSessionId(
                            connected.getMessage().getHeaders())));
              }
            });
    try (StompClient onA = new StompClient(a, null)) {
      var unused = onA.subscribe("/user/queue/mine");
      await().atMost(SOON).until(() -> !sessions.isEmpty());
      String session = sessions.get(0);
      SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create(SimpMessageType.MESSAGE);
      headers.setSessionId(session);
      headers.setLeaveMutable(true);
      await()
          .atMost(SOON)
          .until(
              () -> {
                b.template()
                    .convertAndSendToUser(
                        session, "/queue/mine", "found", headers.getMessageHeaders());
                return onA.received.contains("found");
              });
    }
  }

  @Test
  void messagesOfOnePublisherArriveInOrderAndOnceAmongManyPublishers() throws Exception {
    int publishers = 4;
    int messages = 250;
    try (StompClient onA = new StompClient(a, null).at("/topic/numbers", both);
        StompClient onB = new StompClient(b, null).at("/topic/numbers", both)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < publishers; i++) {
        String name = "p" + i + " ";
        StompReplica replica = both.get(i % 2);
        threads.add(
            new Thread(
                () ->
                    IntStream.range(0, messages)
                        .forEach(
                            number ->
                                replica
                                    .template()
                                    .convertAndSend("/topic/numbers", name + number))));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      for (StompClient client : List.of(onA, onB)) {
        await().atMost(SOON).until(() -> client.received.size() >= publishers * messages);
        for (int i = 0; i < publishers; i++) {
          String name = "p" + i + " ";
          assertThat(client.received.stream().filter(text -> text.startsWith(name)))
              .containsExactlyElementsOf(
                  IntStream.range(0, messages).mapToObj(number -> name + number).toList());
        }
      }
    }
  }
}
