package io.sharedredis.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.lettuce.backplane.BackplaneMeters;
import io.sharedredis.lettuce.backplane.BackplaneOptions;
import io.sharedredis.lettuce.backplane.RedisBackplane;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.RedisExtension;
import io.sharedredis.testkit.backplane.TestConnection;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A hub on two replicas, sent to and watched from the command line. */
class HubCommandsIT {
  @RegisterExtension static final RedisExtension redis = new RedisExtension();

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final HubProtocol JSON = new JsonHubProtocol();
  private static final HubProtocol PACK = new MessagePackHubProtocol();
  private static final String PREFIX = "test[*]-";

  private static RedisNetwork network;
  private static ScheduledExecutorService timers;
  private static ExecutorService watchers;
  private static RedisClient client;
  private static RedisCommands<byte[], byte[]> admin;

  private final String hub = "Cli.Hub-" + UUID.randomUUID();
  private final List<RedisBackplane> backplanes = new ArrayList<>();
  private final List<HubLifetime> lifetimes = new ArrayList<>();

  @BeforeAll
  static void start() {
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    timers = Executors.newSingleThreadScheduledExecutor();
    watchers = Executors.newCachedThreadPool();
    client = RedisClient.create(RedisURI.create(redis.server().url()));
    admin = client.connect(ByteArrayCodec.INSTANCE).sync();
  }

  @AfterAll
  static void stop() {
    client.shutdown();
    timers.shutdownNow();
    watchers.shutdownNow();
    network.close();
  }

  @AfterEach
  void end() {
    lifetimes.forEach(HubLifetime::close);
    backplanes.forEach(RedisBackplane::close);
  }

  @Test
  void callReachesTheClientsOfEveryReplicaInTheirProtocols() {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection alice = connect(a, "alice", JSON);
    TestConnection bob = connect(b, "bob", PACK);
    done(b.addToGroup(bob.connectionId(), "room *"));

    assertThat(send("--all", "m", "[\"to all\"]").line()).isEqualTo("2");
    assertThat(send("--group", "room *", "m", "[\"to group\"]").line()).isEqualTo("1");
    assertThat(send("--user", "alice", "m", "[\"to user\"]").line()).isEqualTo("1");
    Shell.Result result =
        send("--connection", bob.connectionId(), "m", "[\"to one\", \"ü😀\"]", "--json");
    assertThat(result.json().get("servers").asInt()).isEqualTo(1);
    assertThat(result.json().get("audience").asString()).isEqualTo("connection");

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(alice.received()).containsExactly("m(to all)", "m(to user)");
              assertThat(bob.received())
                  .containsExactly("m(to all)", "m(to group)", "m(to one,ü😀)");
            });
    assertThat(alice.unreadable() + bob.unreadable()).isZero();
  }

  @Test
  void callThatNobodyHearsSaysSo() {
    Shell.Result result = send("--user", "nobody", "m", "[]");
    assertThat(result.exit()).isZero();
    assertThat(result.line()).isEqualTo("0");
    assertThat(result.err()).contains("no server has a connection of this user");
    assertThat(send("--all", "m", "[]").err()).contains("check --hub and --channel-prefix");
  }

  @Test
  void everythingThatServersSayToEachOtherIsShown() throws Exception {
    HubLifetime a = replica();
    HubLifetime b = replica();
    TestConnection alice = connect(a, "alice", JSON);
    TestConnection bob = connect(b, "bob", PACK);
    CompletableFuture<Shell.Result> watch = watch("--json", "--count", 10);

    done(a.send(new Recipients.All(Set.of(alice.connectionId())), call("m", 1, "two\nlines")));
    done(a.addToGroup(bob.connectionId(), "room"));
    done(b.send(new Recipients.Groups(List.of("room"), Set.of()), call("g")));
    done(b.send(new Recipients.Users(List.of("alice")), call("u")));
    CompletableFuture<Object> answer =
        a.invoke(bob.connectionId(), "ask", List.of("why"), String.class);
    await()
        .atMost(SOON)
        .until(() -> bob.calls().stream().anyMatch(one -> one.target().equals("ask")));
    Invocation asked =
        bob.calls().stream().filter(one -> one.target().equals("ask")).findFirst().orElseThrow();
    b.completeInvocation(bob, Completion.ofResult(asked.invocationId(), "because"));
    assertThat(answer).succeedsWithin(SOON).isEqualTo("because");
    publish(":all", new byte[] {(byte) 0xc1, 1, 2});
    publish(":group:x", "not MessagePack".getBytes(UTF_8));
    publish(":nonsense", new byte[0]);

    Shell.Result result = watch.get(20, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(result.exit()).as(result.err()).isZero();
    List<JsonNode> lines =
        result.lines().stream().map(line -> JsonMapper.shared().readTree(line)).toList();
    assertThat(lines)
        .extracting(line -> line.get("kind").asString())
        .containsExactly(
            "all",
            "group-command",
            "ack",
            "group",
            "user",
            "connection",
            "client-result",
            "malformed",
            "malformed",
            "malformed");
    JsonNode all = lines.get(0);
    assertThat(all.get("channel").asString()).isEqualTo(hub + ":all");
    assertThat(all.get("excluded").get(0).asString()).isEqualTo(alice.connectionId());
    assertThat(all.get("protocols").toString()).isEqualTo("[\"json\",\"messagepack\"]");
    assertThat(all.get("calls").get(0).get("target").asString()).isEqualTo("m");
    assertThat(all.get("calls").get(0).get("arguments").toString())
        .isEqualTo("[1,\"two\\nlines\"]");
    assertThat(all.get("publisher").asString()).isNotEmpty();
    assertThat(lines.get(1).get("action").asString()).isEqualTo("add");
    assertThat(lines.get(1).get("connection").asString()).isEqualTo(bob.connectionId());
    assertThat(lines.get(5).get("return_channel").asString()).startsWith(hub + ":internal:return:");
    assertThat(lines.get(6).get("result").asString()).isEqualTo("because");
    assertThat(lines.get(9).get("malformed").asInt()).isEqualTo(3);
    assertThat(result.err())
        .contains("listening to hub")
        .contains("10 messages, 3 of them malformed");
  }

  @Test
  void linesForPeopleSayWhoGetsWhatAndNothingToTheTerminal() throws Exception {
    HubLifetime a = replica();
    CompletableFuture<Shell.Result> watch = watch("--count", 2);
    done(
        a.send(
            new Recipients.Groups(List.of("r\u001b[2Jm"), Set.of()),
            call("m", "x\u001b[31m", "\u202e")));
    publish(":user:bob", new byte[] {1});
    Shell.Result result = watch.get(20, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(result.lines()).hasSize(2);
    assertThat(result.lines().get(0)).contains("group r [2Jm: m[").contains("json,messagepack");
    assertThat(result.lines().get(1))
        .contains("malformed user on " + hub + ":user:bob")
        .contains("malformed so far: 1");
    assertThat(result.out()).doesNotContain("\u001b").doesNotContain("\u202e");
  }

  @Test
  void replicasAnnounceThemselvesToWhoeverAsksForIt() throws Exception {
    HubLifetime unused = replica();
    Shell.Result result =
        watch("--replicas", "--json", "--count", 1).get(20, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(result.json().get("kind").asString()).isEqualTo("announcement");
    assertThat(result.json().get("server").asString()).startsWith("host_");
  }

  @Test
  void connectionThatIsLostIsOpenedAgain() throws Exception {
    HubLifetime a = replica();
    CompletableFuture<Shell.Result> watch = watch("--count", 2);
    done(a.send(new Recipients.All(Set.of()), call("before")));
    String watcher = watcher();
    assertThat(admin.clientKill(KillArgs.Builder.id(Long.parseLong(watcher)))).isEqualTo(1);
    await().atMost(SOON).until(() -> !watcher().isEmpty() && !watcher().equals(watcher));
    publish(":all", new byte[] {1});
    publish(":all", new byte[] {1});
    Shell.Result result = watch.get(20, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(result.exit()).isZero();
    assertThat(result.err()).contains("was lost; connecting again");
    assertThat(result.err().split("listening to hub", -1)).hasSize(3);
  }

  @Test
  void watchEndsByItselfAfterAWhile() {
    Shell.Result result = Shell.now().run("", arguments("watch", "--for", "300ms"));
    assertThat(result.exit()).isZero();
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("0 messages");
  }

  @Test
  void userThatMayNotListenIsTold() {
    String user = "cli-" + UUID.randomUUID();
    var unused =
        admin.aclSetuser(
            user,
            io.lettuce.core.AclSetuserArgs.Builder.on()
                .addPassword("hunter2")
                .resetChannels()
                .allCommands());
    List<String> arguments =
        Shell.arguments(
            "hub",
            "watch",
            "--redis",
            "redis://localhost:" + redis.server().uri().getPort(),
            "--redis-user",
            user,
            "--hub",
            hub,
            "--for",
            "20s");
    Shell.Result result =
        Shell.now().with(java.util.Map.of("REDIS_PASSWORD", "hunter2")).run("", arguments);
    assertThat(result.exit()).as(result.err()).isEqualTo(1);
    assertThat(result.err()).contains("does not allow to listen").doesNotContain("hunter2");
  }

  private HubLifetime replica() {
    RedisBackplane backplane =
        new RedisBackplane(
            network,
            RedisAddress.parse("test", redis.server().url()),
            BackplaneOptions.named("host_" + UUID.randomUUID().toString().replace("-", ""))
                .withChannelPrefix(PREFIX),
            InstantSource.system(),
            timers,
            new SecureRandom(),
            new BackplaneMeters());
    backplanes.add(backplane);
    HubLifetime lifetime = backplane.create(hub, List.of(JSON, PACK));
    lifetimes.add(lifetime);
    await().atMost(SOON).until(backplane::settled);
    return lifetime;
  }

  private static TestConnection connect(HubLifetime lifetime, String user, HubProtocol protocol) {
    TestConnection connection = new TestConnection("c-" + UUID.randomUUID(), user, protocol);
    done(lifetime.onConnected(connection));
    return connection;
  }

  private static Invocation call(String target, Object... arguments) {
    return Invocation.of(null, target, List.of(arguments));
  }

  private static void done(CompletionStage<Void> stage) {
    assertThat(stage.toCompletableFuture()).succeedsWithin(SOON);
  }

  private void publish(String channel, byte[] payload) {
    Long unused = admin.publish((PREFIX + hub + channel).getBytes(UTF_8), payload);
  }

  private Shell.Result send(Object... more) {
    Shell.Result result = Shell.now().run("", arguments("send", more));
    assertThat(result.exit()).as(result.err()).isZero();
    return result;
  }

  /** Runs beside the test, which goes on as soon as Redis says that it listens. */
  private CompletableFuture<Shell.Result> watch(Object... more) {
    await().atMost(SOON).until(() -> admin.pubsubNumpat() == 0);
    CompletableFuture<Shell.Result> result =
        CompletableFuture.supplyAsync(
            () -> Shell.now().run("", arguments("watch", more)), watchers);
    await().atMost(SOON).until(() -> admin.pubsubNumpat() > 0 || result.isDone());
    return result;
  }

  /** Id of the one client that listens by pattern; empty for none. */
  private static String watcher() {
    return admin
        .clientList()
        .lines()
        .filter(line -> line.contains(" psub=1 "))
        .map(line -> line.replaceAll("^id=(\\d+) .*", "$1"))
        .findFirst()
        .orElse("");
  }

  private List<String> arguments(String command, Object... more) {
    List<String> arguments =
        Shell.arguments(
            "hub",
            command,
            "--redis",
            redis.server().url(),
            "--channel-prefix",
            PREFIX,
            "--hub",
            hub);
    arguments.addAll(Shell.arguments(more));
    return arguments;
  }
}
