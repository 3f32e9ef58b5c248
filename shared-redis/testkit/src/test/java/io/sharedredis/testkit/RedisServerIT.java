package io.sharedredis.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RedisServerIT {

  @Test
  void dataInTheAppendOnlyFileSurvivesAKill() {
    try (RedisServer server = RedisServer.start(RedisOptions.defaults().withAppendOnly())) {
      set(server, "k", "v");
      server.kill();
      server.startAgain();
      assertThat(get(server, "k")).isEqualTo("v");

      server.restart();
      assertThat(get(server, "k")).isEqualTo("v");

      server.restartEmpty();
      assertThat(get(server, "k")).isNull();
    }
  }

  @Test
  void orderlyStopKeepsTheDataEvenWithoutAppendOnlyFile() {
    try (RedisServer server = RedisServer.startOwn()) {
      set(server, "k", "v");
      String url = server.url();
      server.restart();
      assertThat(server.url()).isEqualTo(url);
      assertThat(get(server, "k")).isEqualTo("v");
    }
  }

  @Test
  void passwordIsRequired() {
    try (RedisServer server = RedisServer.start(RedisOptions.defaults().withPassword("pw"))) {
      set(server, "k", "v");
      RedisURI without = RedisURI.create("127.0.0.1", server.uri().getPort());
      assertThatThrownBy(() -> get(without, "k")).hasStackTraceContaining("NOAUTH");
    }
  }

  @Test
  void pausedServerAnswersOnlyAfterItWasResumed() throws Exception {
    try (RedisServer server = RedisServer.startOwn();
        Client client = new Client(server.uri())) {
      server.pause();
      CompletionStage<String> pong = client.connection.async().ping();
      assertThat(pong.toCompletableFuture())
          .failsWithin(Duration.ofMillis(200))
          .withThrowableOfType(java.util.concurrent.TimeoutException.class);
      server.resume();
      assertThat(pong.toCompletableFuture().get(5, TimeUnit.SECONDS)).isEqualTo("PONG");
    }
  }

  @Test
  void closedServerLeavesNoProcess() {
    long before = redisChildren();
    RedisServer server = RedisServer.startOwn();
    assertThat(redisChildren()).isGreaterThan(before);
    server.close();
    await().atMost(Duration.ofSeconds(5)).until(() -> redisChildren() == before);
  }

  @Test
  void serverDiesWithTheJvmThatStartedIt() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int port = Integer.parseInt(jvm.inputReader().readLine());
    assertThat(RespProbe.command(port, null, "PING")).isEqualTo("+PONG");

    jvm.destroyForcibly();

    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> RespProbe.command(port, null, "PING"))
                    .isInstanceOf(java.io.IOException.class));
  }

  @Test
  void sharedServerRefusesToBeKilledAndSaysWhatToDo() {
    try (RedisServer server = RedisServer.startOwn()) {
      SharedHost shared = new SharedHost(server.url());
      assertThat(shared.url()).isEqualTo(server.url());
      assertThatThrownBy(shared::kill)
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("startOwn");
    }
  }

  @Test
  void sharedServerThatIsNotThereIsAClearError() {
    int free = FreePorts.one();
    assertThatThrownBy(() -> new SharedHost("redis://127.0.0.1:" + free))
        .hasMessageContaining("REDIS_URL")
        .hasMessageContaining(Integer.toString(free));
    assertThatThrownBy(() -> new SharedHost("localhost")).hasMessageContaining("REDIS_URL");
  }

  @Test
  void embeddedBinaryServesToo() {
    try (ProcessHost host = new ProcessHost(RedisServer.embedded(), RedisOptions.defaults())) {
      assertThat(get(RedisURI.create(host.url()), "k")).isNull();
    }
  }

  /** The victim of {@link #serverDiesWithTheJvmThatStartedIt()}. */
  public static final class Holder {
    public static void main(String[] args) throws InterruptedException {
      RedisServer server = RedisServer.startOwn();
      System.out.println(server.uri().getPort());
      Thread.sleep(60_000);
    }
  }

  private static long redisChildren() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().orElse("").contains("redis"))
        .count();
  }

  private static void set(RedisServer server, String key, String value) {
    try (Client client = new Client(server.uri())) {
      client.connection.sync().set(key, value);
    }
  }

  private static String get(RedisServer server, String key) {
    return get(server.uri(), key);
  }

  private static String get(RedisURI uri, String key) {
    try (Client client = new Client(uri)) {
      return client.connection.sync().get(key);
    }
  }

  private static final class Client implements AutoCloseable {
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    Client(RedisURI uri) {
      client = RedisClient.create(uri);
      connection = client.connect();
    }

    @Override
    public void close() {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }
}
