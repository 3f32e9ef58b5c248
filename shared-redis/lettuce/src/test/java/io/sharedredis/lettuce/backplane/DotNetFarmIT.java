package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMessage.GroupCommand;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.testkit.RedisExtension;
import io.sharedredis.testkit.backplane.TestConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A replica of ours in the farm that was recorded: it publishes what the .NET servers published for
 * the same calls, and its clients get what theirs got.
 */
class DotNetFarmIT {

  @RegisterExtension static final RedisExtension REDIS = new RedisExtension();

  private static final HexFormat HEX = HexFormat.of();
  private static final JsonNode RECORDING = Interop.read("signalr-backplane/frames.json");
  private static final String HUB = RECORDING.path("about").path("hub").asString();
  private static final Channels CHANNELS = new Channels(HUB);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final HubProtocol JSON = new JsonHubProtocol();

  private static final HubProtocol MESSAGE_PACK = new MessagePackHubProtocol();
  private static final Map<String, Farm> FARMS = new HashMap<>();

  /** A replica of ours and a server of theirs, configured like the recorded ones. */
  private record Farm(Replicas replicas, Replica replica, ForeignServer dotNet) {

    static Farm start(String configuration, List<HubProtocol> protocols) {
      String prefix = configuration + ":";
      Replicas replicas = new Replicas(HUB, protocols);
      return new Farm(
          replicas,
          replicas.start(REDIS.server().url(), options -> options.withChannelPrefix(prefix)),
          new ForeignServer(REDIS.server().url(), prefix));
    }
  }

  private Replica replica;
  private ForeignServer dotNet;

  /** Farms of different configurations do not hear each other: each has its own channel prefix. */
  private void join(JsonNode frame) {
    String id = frame.path("id").asString();
    String configuration = id.substring(0, id.lastIndexOf('-'));
    List<HubProtocol> protocols =
        frame.path("protocols").valueStream().map(name -> protocol(name.asString())).toList();
    Farm farm = FARMS.computeIfAbsent(configuration, name -> Farm.start(name, protocols));
    replica = farm.replica();
    dotNet = farm.dotNet();
  }

  private static HubProtocol protocol(String name) {
    return name.equals("json") ? JSON : MESSAGE_PACK;
  }

  @BeforeAll
  static void lookOften() {
    Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
  }

  @AfterEach
  void forget() {
    if (dotNet != null) {
      dotNet.forget();
    }
  }

  @AfterAll
  static void stop() {
    Awaitility.reset();
    FARMS.values().forEach(farm -> farm.dotNet().close());
    FARMS.values().forEach(farm -> farm.replicas().close());
    FARMS.clear();
  }

  /** What one recorded frame says about one PUBLISH. */
  record Publish(JsonNode frame, String channel, byte[] payload) {}

  private static Stream<Publish> publishes(JsonNode frame) {
    List<Publish> found = new ArrayList<>();
    String prefix = frame.path("channelPrefix").asString("");
    for (JsonNode command : Interop.list(frame.path("commands"))) {
      if (command.has("payloadHex")) {
        String channel =
            command.has("channelHex")
                ? new String(
                    HEX.parseHex(command.path("channelHex").asString()), StandardCharsets.UTF_8)
                : command.path("channel").asString();
        found.add(
            new Publish(
                frame,
                channel.substring(prefix.length()),
                HEX.parseHex(command.path("payloadHex").asString())));
      }
    }
    return found.stream();
  }

  private static Stream<JsonNode> frames() {
    return Interop.list(RECORDING.path("frames")).stream();
  }

  static Stream<Arguments> messagesForClients() {
    return frames()
        .flatMap(DotNetFarmIT::publishes)
        .filter(publish -> !Objects.requireNonNull(CHANNELS.kind(publish.channel())).contains(":"))
        .filter(publish -> BackplaneCodec.delivery(publish.payload()).wanted() == null)
        .flatMap(
            publish ->
                BackplaneCodec.delivery(publish.payload()).framed().keySet().stream()
                    .map(protocol -> Arguments.of(name(publish.frame()), publish, protocol)));
  }

  private static String name(JsonNode frame) {
    return frame.path("id").asString() + " " + frame.path("label").asString();
  }

  @ParameterizedTest(name = "{0}, {2}")
  @MethodSource("messagesForClients")
  void clientOfOursGetsWhatADotNetServerPublished(String label, Publish publish, String protocol) {
    join(publish.frame());
    String kind = CHANNELS.kind(publish.channel());
    String name =
        publish
            .channel()
            .substring((HUB + ":" + kind + ":").length() - (kind.equals("all") ? 1 : 0));
    TestConnection client =
        new TestConnection(
            kind.equals("connection") ? name : "client-of-ours",
            kind.equals("user") ? name : null,
            protocol(protocol));
    replica.connect(client);
    if (kind.equals("group")) {
      done(replica.lifetime().addToGroup(client.connectionId(), name));
    }

    dotNet.publish(publish.channel(), publish.payload());

    byte[] expected = BackplaneCodec.delivery(publish.payload()).framed().get(protocol);
    await().atMost(Replicas.SOON).until(() -> client.bytes().size() == 1);
    assertThat(client.bytes().get(0)).isEqualTo(expected);
    done(replica.lifetime().onDisconnected(client));
  }

  static Stream<Named<JsonNode>> sends() {
    Set<String> methods =
        Set.of(
            "Broadcast",
            "SendOthers",
            "SendAllExcept",
            "SendGroup",
            "SendToGroup",
            "SendToGroups",
            "SendGroupExcept",
            "SendToUser",
            "SendToUsers",
            "SendToConnections");
    return frames()
        .filter(frame -> methods.contains(frame.path("call").path("method").asString()))
        .filter(frame -> publishes(frame).findAny().isPresent())
        .map(frame -> Named.of(name(frame), frame));
  }

  @ParameterizedTest
  @MethodSource("sends")
  void sendIsPublishedAsByTheDotNetServer(JsonNode frame) {
    join(frame);
    List<Publish> expected = publishes(frame).toList();
    expected.forEach(publish -> dotNet.subscribe(publish.channel()));

    JsonNode arguments = frame.path("call").path("arguments");
    String text = arguments.path(arguments.size() - 1).asString();
    done(
        replica
            .lifetime()
            .send(recipients(frame, expected), Invocation.of(null, "m", List.of(text))));

    for (Publish publish : expected) {
      Delivery ours = BackplaneCodec.delivery(dotNet.next(publish.channel()));
      Delivery theirs = BackplaneCodec.delivery(publish.payload());
      assertThat(ours.stamp()).isNotNull();
      // The order of exclusions, and how JSON escapes what need not be escaped, mean nothing.
      assertThat(ours.excluded()).containsExactlyInAnyOrderElementsOf(theirs.excluded());
      if (theirs.framed().containsKey("json")) {
        assertThat(MAPPER.readTree(content(ours))).isEqualTo(MAPPER.readTree(content(theirs)));
      }
      assertThat(ours.framed().get("messagepack")).isEqualTo(theirs.framed().get("messagepack"));
      if (text.equals("hello")) {
        Delivery asDotNetReadsIt = new Delivery(theirs.excluded(), ours.framed(), null, null);
        assertThat(BackplaneCodec.encode(asDotNetReadsIt)).isEqualTo(publish.payload());
      }
    }
  }

  private static String content(Delivery delivery) {
    String frame = json(delivery);
    assertThat(frame).endsWith("\u001e");
    return frame.substring(0, frame.length() - 1);
  }

  private static Recipients recipients(JsonNode frame, List<Publish> expected) {
    Set<String> excluded =
        new LinkedHashSet<>(BackplaneCodec.delivery(expected.get(0).payload()).excluded());
    JsonNode first = frame.path("call").path("arguments").path(0);
    List<String> names =
        first.isArray()
            ? first.valueStream().map(JsonNode::asString).toList()
            : List.of(first.asString());
    return switch (frame.path("call").path("method").asString()) {
      case "SendGroup" -> new Recipients.Groups(List.of("g"), excluded);
      case "SendToGroup", "SendToGroups", "SendGroupExcept" ->
          new Recipients.Groups(names, excluded);
      case "SendToUser", "SendToUsers" -> new Recipients.Users(names);
      case "SendToConnections" -> new Recipients.Connections(names);
      default -> new Recipients.All(excluded);
    };
  }

  static Stream<Named<JsonNode>> answeredQuestions() {
    return frames()
        .filter(frame -> frame.path("group").asString().equals("client-result"))
        .filter(frame -> publishes(frame).count() == 2)
        .filter(frame -> !frame.path("call").path("method").asString().equals("AskWithin"))
        .map(frame -> Named.of(name(frame), frame));
  }

  private static BackplaneMessage.ClientResult recordedAnswer(JsonNode frame) {
    return BackplaneCodec.clientResult(publishes(frame).toList().get(1).payload());
  }

  @ParameterizedTest
  @MethodSource("answeredQuestions")
  void clientOfADotNetServerIsAskedAsRecordedAndItsAnswerUnderstood(JsonNode frame) {
    join(frame);
    List<Publish> recorded = publishes(frame).toList();
    String connection = recorded.get(0).channel().substring((HUB + ":connection:").length());
    dotNet.subscribe(recorded.get(0).channel());
    JsonNode arguments = frame.path("call").path("arguments");
    List<String> question = new ArrayList<>();
    for (int i = 1; i < arguments.size(); i++) {
      question.add(arguments.path(i).asString());
    }
    boolean number = frame.path("call").path("method").asString().equals("AskNumber");

    CompletableFuture<?> answer =
        replica
            .lifetime()
            .invoke(connection, "ask", question, number ? Integer.class : Object.class);

    Delivery asked = BackplaneCodec.delivery(dotNet.next(recorded.get(0).channel()));
    Delivery expected = BackplaneCodec.delivery(recorded.get(0).payload());
    assertThat(asked.framed().keySet()).containsExactlyElementsOf(expected.framed().keySet());
    expected
        .framed()
        .forEach(
            (name, bytes) ->
                assertThat(asked.framed().get(name))
                    .isEqualTo(replace(bytes, id(expected), id(asked))));
    assertThat(asked.wanted().channel()).isEqualTo(CHANNELS.returns(replica.server()));

    byte[] reply = replace(recorded.get(1).payload(), id(expected), id(asked));
    dotNet.publish(asked.wanted().channel(), reply);
    await().atMost(Replicas.SOON).until(answer::isDone);
    assertThat(answer.isCompletedExceptionally()).isEqualTo(frame.has("error"));
  }

  @ParameterizedTest
  @MethodSource("answeredQuestions")
  void clientOfOursIsAskedByADotNetServerAndAnswersAsRecorded(JsonNode frame) {
    join(frame);
    List<Publish> recorded = publishes(frame).toList();
    HubProtocol spoken = protocol(recordedAnswer(frame).protocol());
    dotNet.subscribe(recorded.get(1).channel());
    String connection = recorded.get(0).channel().substring((HUB + ":connection:").length());
    TestConnection client = replica.connect(new TestConnection(connection, null, spoken));

    dotNet.publish(recorded.get(0).channel(), recorded.get(0).payload());
    await().atMost(Replicas.SOON).until(() -> client.calls().size() == 1);
    byte[] line = recordedAnswer(frame).framed();
    byte[] content = spoken.nextFrame(ByteBuffer.wrap(line), Integer.MAX_VALUE);
    replica.lifetime().completeInvocation(client, (Completion) spoken.read(content));

    byte[] ours = dotNet.next(recorded.get(1).channel());
    assertThat(HEX.formatHex(ours)).isEqualTo(HEX.formatHex(recorded.get(1).payload()));
    done(replica.lifetime().onDisconnected(client));
  }

  static Stream<Named<JsonNode>> groupCommands() {
    return frames()
        .filter(frame -> frame.path("group").asString().equals("group-command"))
        .filter(frame -> publishes(frame).count() == 2)
        .map(frame -> Named.of(name(frame), frame));
  }

  @ParameterizedTest
  @MethodSource("groupCommands")
  void groupCommandOfADotNetServerIsObeyedAndAcknowledgedAsRecorded(JsonNode frame) {
    join(frame);
    List<Publish> recorded = publishes(frame).toList();
    GroupCommand command = BackplaneCodec.groupCommand(recorded.get(0).payload());
    dotNet.subscribe(recorded.get(1).channel());
    TestConnection client = replica.connect(new TestConnection(command.connectionId(), null, JSON));
    if (command.action() == GroupCommand.REMOVE) {
      done(replica.lifetime().addToGroup(command.connectionId(), command.group()));
    }

    dotNet.publish(recorded.get(0).channel(), recorded.get(0).payload());

    assertThat(dotNet.next(recorded.get(1).channel())).isEqualTo(recorded.get(1).payload());
    assertThat(dotNet.listeners(CHANNELS.group(command.group())))
        .isEqualTo(command.action() == GroupCommand.ADD ? 1 : 0);
    done(replica.lifetime().onDisconnected(client));
  }

  @ParameterizedTest
  @MethodSource("groupCommands")
  void groupOfAConnectionOfADotNetServerIsChangedWithTheRecordedCommand(JsonNode frame) {
    join(frame);
    GroupCommand recorded = BackplaneCodec.groupCommand(publishes(frame).toList().get(0).payload());
    dotNet.subscribe(CHANNELS.groupCommands(), CHANNELS.connection(recorded.connectionId()));

    CompletionStage<Void> change =
        recorded.action() == GroupCommand.ADD
            ? replica.lifetime().addToGroup(recorded.connectionId(), recorded.group())
            : replica.lifetime().removeFromGroup(recorded.connectionId(), recorded.group());
    byte[] payload = dotNet.next(CHANNELS.groupCommands());
    GroupCommand ours = BackplaneCodec.groupCommand(payload);
    assertThat(ours)
        .isEqualTo(
            new GroupCommand(
                ours.id(),
                replica.server(),
                recorded.action(),
                recorded.group(),
                recorded.connectionId()));
    assertThat(change.toCompletableFuture()).isNotDone();

    dotNet.publish(
        CHANNELS.acks(replica.server()),
        BackplaneCodec.encode(new BackplaneMessage.Ack(ours.id())));
    done(change);
  }

  private static String json(Delivery delivery) {
    return new String(
        Objects.requireNonNull(delivery.framed().get("json")), StandardCharsets.UTF_8);
  }

  private static String id(Delivery delivery) {
    return Objects.requireNonNull(delivery.wanted()).invocationId();
  }

  /** Ids are 22 characters on both sides, so lengths in the payload stay right. */
  private static byte[] replace(byte[] payload, String from, String to) {
    String text = new String(payload, StandardCharsets.ISO_8859_1);
    return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void done(CompletionStage<Void> stage) {
    assertThat(stage.toCompletableFuture())
        .succeedsWithin(Replicas.SOON.toSeconds(), TimeUnit.SECONDS);
  }
}
