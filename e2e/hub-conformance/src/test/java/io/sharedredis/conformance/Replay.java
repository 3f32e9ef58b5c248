package io.sharedredis.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.conformance.Wire.Answer;
import io.sharedredis.conformance.Wire.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Says to a server what was said to ASP.NET Core's, step by step, and expects its answers. */
final class Replay implements AutoCloseable {
  /** Which call a message is about. */
  private static final Pattern CALL = Pattern.compile("\"invocationId\":\"[^\"]*\"");

  private static final Pattern LATER = Pattern.compile("([0-9.]+) s later.*");
  private static final Pattern NOTHING = Pattern.compile("nothing for ([0-9.]+) s");
  private static final Pattern WEB_SOCKET =
      Pattern.compile("(?:negotiate, )?WebSocket connect(?:ed)? to (/[^ ]+)(.*)");
  private static final Pattern POLLS =
      Pattern.compile("negotiate at (/[^ ,]+), first poll(.*)done.*");
  private static final Pattern STATEFUL = Pattern.compile("negotiate at (/[^ ]+) with use.*");
  private static final String HANDSHAKE = "{\"protocol\":\"json\",\"version\":1}\u001e";

  /** A silence is watched no longer: a server that speaks out of turn does so at once. */
  private static final int SILENCE_MILLIS = 300;

  /** Of several looks at one thing over time the last counts. */
  private static final int LAST_LOOK = 25;

  /** Between the handshake's answer and what the recording shows. */
  private static final long SETTLE_MILLIS = 50;

  /** Longest time between the end of a connection and its being gone. */
  private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Lead of one request over the next. */
  private static final long ORDER_MILLIS = 200;

  private final ConformanceServer server;
  private final JsonNode steps;
  private final Names names = new Names();
  private final Map<String, Party> parties = new HashMap<>();
  private final boolean expiring;
  private String pollPath = "/";
  private @Nullable String latest;

  /** One of the sockets of a recording, and what is known of its connection. */
  private static final class Party {
    final HubMessages messages = new HubMessages();
    @Nullable Wire wire;
    String request = "";
    boolean events;
    StringBuilder stream = new StringBuilder();
    boolean carried;
    boolean unanswered;

    Wire wire() {
      return Objects.requireNonNull(wire, "not connected");
    }
  }

  Replay(ConformanceServer server, JsonNode recorded) {
    this.server = server;
    this.steps = recorded.get("steps");
    // The header Expires is another matter.
    this.expiring =
        recorded.toString().replace("Expires:", "").toLowerCase(Locale.ROOT).contains("expir");
  }

  void run() throws Exception {
    int number = 0;
    for (JsonNode step : steps) {
      try {
        run(step);
      } catch (AssertionError | Exception e) {
        throw new AssertionError(
            "step " + number + ", " + shortened(step) + ": " + e.getMessage(), e);
      }
      number++;
    }
  }

  private static String shortened(JsonNode step) {
    String text = step.toString();
    return text.length() < 300 ? text : text.substring(0, 300) + "…";
  }

  private void run(JsonNode step) throws Exception {
    if (step.has("note")) {
      note(step.get("note").asString());
    } else if (step.has("events")) {
      if (step.path("afterSeconds").asInt(LAST_LOOK) == LAST_LOOK) {
        events(step.get("events"));
      }
    } else if (step.has("server")) {
      result(step);
    } else {
      String on = step.get("on").asString();
      Party party = parties.computeIfAbsent(on, name -> new Party());
      if (step.has("send") || step.has("sendHex")) {
        send(on, party, step);
      } else {
        receive(on, party, step);
      }
    }
  }

  // ---- what the recording does not show

  private void note(String note) throws Exception {
    Matcher later = LATER.matcher(note);
    Matcher socket = WEB_SOCKET.matcher(note);
    Matcher polls = POLLS.matcher(note);
    Matcher stateful = STATEFUL.matcher(note);
    if (later.matches()) {
      Thread.sleep((long) (Double.parseDouble(later.group(1)) * 1000));
    } else if (socket.matches()) {
      String path = socket.group(1);
      for (String name : webSockets()) {
        Party party = parties.computeIfAbsent(name, key -> new Party());
        connect(
            name,
            party,
            path,
            path.contains("{connectionToken}") ? "&useStatefulReconnect=true" : "");
        if (socket.group(2).contains("handshake")) {
          party.wire().send(Wire.TEXT, Wire.bytes(HANDSHAKE));
          assertThat(nextMessage(party)).isEqualTo("{}");
          // The answer comes before the hub knows the connection; what ends at once would be lost.
          Thread.sleep(SETTLE_MILLIS);
        }
      }
    } else if (stateful.matches()) {
      connect(
          "ws",
          parties.computeIfAbsent("ws", key -> new Party()),
          stateful.group(1),
          "&useStatefulReconnect=true");
    } else if (polls.matches()) {
      openPolling(polls.group(1), polls.group(2).contains("handshake"));
    }
  }

  /** The sockets that speak WebSocket without having been seen to connect. */
  private List<String> webSockets() {
    List<String> names = new ArrayList<>();
    for (JsonNode step : steps) {
      String on = step.path("on").asString("");
      boolean http = step.path("send").asString("").contains(" HTTP/1.");
      if (!on.isEmpty() && !names.contains(on) && on.startsWith("ws") && !http) {
        boolean connectsLater = false;
        for (JsonNode other : steps) {
          connectsLater |=
              other.path("on").asString("").equals(on)
                  && other.path("send").asString("").contains(" HTTP/1.");
        }
        if (!connectsLater) {
          names.add(on);
        }
      }
    }
    return names;
  }

  private void connect(String name, Party party, String path, String query) throws Exception {
    String bare = path.replaceAll("\\?.*", "");
    String suffix = parties.containsKey("ws1") || name.equals("ws2") ? "-" + name : "";
    negotiate(bare, suffix, query, path.contains("authorized") ? token("testuser") : null);
    String bearer =
        path.contains("authorized") ? "Authorization: Bearer " + token("testuser") + "\r\n" : "";
    party.wire = new Wire(server.port());
    party
        .wire()
        .write(
            Wire.bytes(
                "GET "
                    + bare
                    + "?id="
                    + names.get("connectionToken" + suffix)
                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + bearer
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "\r\n"));
    assertThat(party.wire().readAnswer(true).status()).isEqualTo(101);
    latest = names.get("connectionId" + suffix);
  }

  private void openPolling(String path, boolean handshake) throws Exception {
    negotiate(path, "", "", null);
    pollPath = path + "?id=" + names.get("connectionToken");
    assertThat(http("GET", pollPath, "").status()).isEqualTo(200);
    if (handshake) {
      assertThat(http("POST", pollPath, HANDSHAKE).status()).isEqualTo(200);
      assertThat(new String(http("GET", pollPath, "").body(), StandardCharsets.UTF_8))
          .isEqualTo("{}\u001e");
    }
  }

  private void negotiate(String path, String suffix, String query, @Nullable String token)
      throws Exception {
    String bearer = token == null ? "" : "Authorization: Bearer " + token + "\r\n";
    Answer answer;
    try (Wire wire = new Wire(server.port())) {
      wire.write(
          Wire.bytes(
              "POST "
                  + path
                  + "/negotiate?negotiateVersion=1"
                  + query
                  + " HTTP/1.1\r\nHost: localhost\r\n"
                  + bearer
                  + "Content-Length: 0\r\n\r\n"));
      answer = wire.readAnswer(true);
    }
    assertThat(answer.status()).isEqualTo(200);
    JsonNode said = JsonMapper.shared().readTree(answer.body());
    names.put("connectionId" + suffix, said.path("connectionId").asString());
    names.put("connectionToken" + suffix, said.path("connectionToken").asString());
    latest = said.path("connectionId").asString();
  }

  private Answer http(String method, String target, String body) throws IOException {
    try (Wire wire = new Wire(server.port())) {
      wire.write(
          Wire.bytes(
              method
                  + " "
                  + target
                  + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                  + Wire.bytes(body).length
                  + "\r\n\r\n"
                  + body));
      return wire.readAnswer(true);
    }
  }

  private String token(String user) throws Exception {
    String known = names.get("token of " + user);
    if (known == null) {
      known = server.get("/generateJwtToken/" + user + "?seconds=" + (expiring ? 3 : 60));
      names.put("token of " + user, known);
    }
    return known;
  }

  // ---- sending

  private void send(String on, Party party, JsonNode step) throws Exception {
    if (!step.has("frame")) {
      if (step.get("send").isNull()) {
        party.wire().close();
      } else {
        request(on, party, step);
      }
      return;
    }
    if (party.wire == null) {
      // Of one case the recording does not say where.
      connect(on, party, "/probe/ask-on-connect", "");
    }
    String frame = step.get("frame").asString();
    if (frame.equals("close")) {
      try {
        party.wire().sendClose(step.path("code").asInt(0));
      } catch (IOException e) {
        // The server was first.
      }
      return;
    }
    byte[] payload =
        step.has("sendHex")
            ? HubMessages.withIds(HexFormat.of().parseHex(step.get("sendHex").asString()), names)
            : Wire.bytes(spelledOut(names.fill(step.get("send").asString())));
    party.wire().send(Wire.opcode(frame), payload);
    if (step.path("send").asString("").contains("\"protocol\":\"messagepack\"")) {
      party.messages.binary();
    }
  }

  /** Large messages are described, not written out. */
  private static String spelledOut(String text) {
    Matcher times =
        Pattern.compile("(.*) followed by (\\d+) times (.)", Pattern.DOTALL).matcher(text);
    if (times.matches()) {
      return times.group(1) + times.group(3).repeat(Integer.parseInt(times.group(2)));
    }
    Matcher fill =
        Pattern.compile("(.*) followed by x to make (\\d+) bytes with (.*) and separator")
            .matcher(text);
    if (fill.matches()) {
      int x = Integer.parseInt(fill.group(2)) - fill.group(1).length() - fill.group(3).length() - 1;
      return fill.group(1) + "x".repeat(x) + fill.group(3) + "\u001e";
    }
    return text;
  }

  private void request(String on, Party party, JsonNode step) throws Exception {
    String request = step.get("send").asString();
    Matcher users = Pattern.compile("\\{token of ([a-z]+)}").matcher(request);
    while (users.find()) {
      String unused = token(users.group(1));
    }
    String path =
        request.replaceAll("(?s)^[A-Z]+ ([^? ]*).*", "$1").replaceAll("(?i)/negotiate/?$", "");
    for (String name : List.of("connectionToken", "connectionToken2")) {
      if (request.contains("{" + name + "}") && names.get(name) == null) {
        negotiate(
            path,
            name.substring("connectionToken".length()),
            "",
            users.reset().find() ? token(users.group(1)) : null);
      }
    }
    if (request.contains("{connectionTokenSwapcase}")) {
      negotiate(path, "", "", null);
      names.put(
          "connectionTokenSwapcase", swapped(Objects.requireNonNull(names.get("connectionToken"))));
    }
    String filled = names.fill(request);
    if (step.has("bodyHex")) {
      // The body comes as bytes.
      filled =
          filled.replaceAll(
              "Content-Length: \\d+",
              "Content-Length: " + step.get("bodyHex").asString().length() / 2);
    } else if (!filled.contains("30000001")) {
      String body = filled.substring(filled.indexOf("\r\n\r\n") + 4);
      filled =
          filled.replaceFirst("Content-Length: \\d+", "Content-Length: " + Wire.bytes(body).length);
    }
    party.request = filled;
    party.carried = on.startsWith("poll") && !party.messages.isEmpty() && filled.startsWith("GET");
    if (party.carried) {
      return;
    }
    if (party.wire != null && !on.startsWith("ws")) {
      party.wire().close();
    }
    if (waiting(party)) {
      // Two requests under way at once: the first is to be the first for the server, too.
      Thread.sleep(ORDER_MILLIS);
    }
    party.wire = new Wire(server.port());
    party.unanswered = true;
    party.wire().write(Wire.bytes(filled));
    if (step.has("bodyHex")) {
      party.wire().write(HexFormat.of().parseHex(step.get("bodyHex").asString()));
    }
  }

  private boolean waiting(Party asking) {
    return parties.values().stream().anyMatch(party -> party != asking && party.unanswered);
  }

  private static String swapped(String token) {
    StringBuilder text = new StringBuilder();
    token
        .chars()
        .forEach(
            c ->
                text.append(
                    Character.isUpperCase(c)
                        ? Character.toLowerCase((char) c)
                        : Character.toUpperCase((char) c)));
    return text.toString();
  }

  // ---- receiving

  private void receive(String on, Party party, JsonNode step) throws Exception {
    String event = step.path("event").asString("");
    String frame = step.path("frame").asString("");
    String text = step.path("recv").isString() ? step.get("recv").asString() : null;
    if (!event.isEmpty()) {
      event(party, event);
    } else if (frame.equals("close") || "('close', 1000)".equals(text)) {
      Frame close = party.wire().readFrame();
      while (close != null && isPing(close)) {
        close = party.wire().readFrame();
      }
      assertThat(close).as("a close frame").isNotNull();
      assertThat(close.opcode()).as("close frame, not %s", readable(close)).isEqualTo(Wire.CLOSE);
      assertThat(close.code()).isEqualTo(step.path("code").asInt(1000));
    } else if (frame.equals("pong")) {
      Frame pong = party.wire().readFrame();
      assertThat(pong).isNotNull();
      assertThat(pong.opcode()).isEqualTo(Wire.PONG);
      assertThat(new String(pong.payload(), StandardCharsets.UTF_8)).isEqualTo(text);
    } else if (text != null && text.startsWith("HTTP/1.")) {
      answer(on, party, step, text);
    } else if (party.events) {
      streamed(party, Objects.requireNonNull(text));
    } else {
      messages(party, step, text);
    }
  }

  private static boolean isPing(Frame frame) {
    return frame.opcode() == Wire.TEXT && readable(frame).equals("{\"type\":6}\u001e");
  }

  private static String readable(Frame frame) {
    return new String(frame.payload(), StandardCharsets.UTF_8);
  }

  private void messages(Party party, JsonNode step, @Nullable String text) throws Exception {
    String hex = step.path("recvHex").isString() ? step.get("recvHex").asString() : null;
    if (text != null && text.endsWith(" bytes in all")) {
      int bytes = Integer.parseInt(text.replaceAll("(?s).* (\\d+) bytes in all", "$1"));
      assertThat(nextMessage(party).length() + 1).isEqualTo(bytes);
      return;
    }
    if (hex != null && !hex.equals("7b7d1e")) {
      party.messages.binary();
    }
    List<String> left = new ArrayList<>(HubMessages.recorded(text, hex));
    // A stream that waited with a call runs beside it, in no order; of each the order stays.
    boolean beside = left.stream().anyMatch(one -> one.startsWith("{\"type\":2"));
    while (!left.isEmpty()) {
      if (left.get(0).equals("{\"type\":6}")) {
        // Pings come by the clock; that they come is all that can be expected.
        await().atMost(Duration.ofSeconds(10)).until(() -> !party.wire().silentFor(SILENCE_MILLIS));
        left.remove(0);
        continue;
      }
      String actual = nextMessage(party);
      String recorded = left.remove(beside ? firstOfCall(left, actual) : 0);
      HubMessages.compare(recorded, actual, names);
    }
  }

  /** Where the next recorded message of the call is that this one answers; 0 when there is none. */
  private static int firstOfCall(List<String> recorded, String actual) {
    Matcher call = CALL.matcher(actual);
    for (int i = 0; call.find(0) && i < recorded.size(); i++) {
      if (recorded.get(i).contains(call.group())) {
        return i;
      }
    }
    return 0;
  }

  private static String nextMessage(Party party) throws IOException {
    while (party.messages.isEmpty()) {
      Frame frame = party.wire().readFrame();
      assertThat(frame).as("a message").isNotNull();
      assertThat(frame.opcode())
          .as("a message, not a close frame with %s", frame.code())
          .isLessThan(Wire.CLOSE);
      boolean handshake = readable(frame).startsWith("{}\u001e");
      if (handshake) {
        // The handshake is text in either protocol.
        return handshake(party, frame.payload());
      }
      party.messages.add(frame.payload(), false);
    }
    return party.messages.next();
  }

  private static String handshake(Party party, byte[] payload) {
    if (payload.length > 3) {
      party.messages.add(java.util.Arrays.copyOfRange(payload, 3, payload.length), false);
    }
    return "{}";
  }

  private void event(Party party, String event) throws Exception {
    Matcher nothing = NOTHING.matcher(event);
    if (nothing.matches()) {
      int millis = (int) (Double.parseDouble(nothing.group(1)) * 1000);
      assertThat(party.messages.isEmpty()).as("silence").isTrue();
      assertThat(party.wire().silentFor(Math.min(millis, SILENCE_MILLIS))).as("silence").isTrue();
    } else if (event.startsWith("end of the response")) {
      assertThat(party.wire().readChunk()).isEmpty();
    } else {
      assertThat(party.wire().ends()).as(event).isTrue();
    }
  }

  private void answer(String on, Party party, JsonNode step, String recorded) throws Exception {
    int end = recorded.indexOf("\r\n\r\n");
    Answer wanted =
        new Answer(
            Integer.parseInt(recorded.substring(9, 12)),
            recorded.substring(0, end),
            Wire.bytes(recorded.substring(end + 4)));
    party.unanswered = false;
    boolean head = party.request.startsWith("HEAD");
    String type = wanted.header("Content-Type");
    String body = recorded.substring(end + 4);
    boolean hub =
        type != null
            && type.startsWith("application/octet-stream")
            && (step.has("bodyHex") || body.endsWith("\u001e"));
    if (hub) {
      polled(party, body, step);
      return;
    }
    Answer answer = party.wire().readAnswer(!head);
    long late = System.nanoTime() + GONE_NANOS;
    while (wanted.status() == 404 && answer.status() == 409 && System.nanoTime() < late) {
      // The connection is on its way out.
      Thread.sleep(ORDER_MILLIS);
      party.wire = new Wire(server.port());
      party.wire().write(Wire.bytes(party.request));
      answer = party.wire().readAnswer(!head);
    }
    if (party.request.startsWith("GET") && "application/octet-stream".equals(type)) {
      answer = whole(party, answer, body);
    }
    Answers.compare(wanted, answer, names);
    if (answer.status() == 200 && "text/event-stream".equals(type)) {
      party.events = true;
    } else if (type != null && type.startsWith("application/json")) {
      JsonNode said = JsonMapper.shared().readTree(answer.body());
      latest = said.path("connectionId").asString(latest);
    }
  }

  /** What a raw connection says in two breaths may take two polls here, and took one there. */
  private Answer whole(Party party, Answer first, String recorded) throws IOException {
    Answer whole = first;
    String body = new String(first.body(), StandardCharsets.UTF_8);
    boolean more = true;
    while (more && !body.isEmpty() && !body.equals(recorded) && recorded.startsWith(body)) {
      party.wire = new Wire(server.port());
      party.wire().write(Wire.bytes(party.request));
      Answer next = party.wire().readAnswer(true);
      assertThat(next.status()).isEqualTo(200);
      more = next.body().length > 0;
      body += new String(next.body(), StandardCharsets.UTF_8);
      whole = new Answer(first.status(), first.head(), Wire.bytes(body));
    }
    return whole;
  }

  /** A poll that brings hub messages, perhaps fewer or more of them than it brought then. */
  private void polled(Party party, String body, JsonNode step) throws Exception {
    String hex = step.path("bodyHex").isString() ? step.get("bodyHex").asString() : null;
    List<String> recorded = HubMessages.recorded(body, hex);
    boolean asked = !party.carried;
    while (party.messages.size() < recorded.size()) {
      if (!asked) {
        party.wire = new Wire(server.port());
        party.wire().write(Wire.bytes(party.request));
      }
      asked = false;
      Answer answer = party.wire().readAnswer(true);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
      if (hex != null && !new String(answer.body(), StandardCharsets.UTF_8).startsWith("{}")) {
        party.messages.binary();
      }
      party.messages.add(answer.body(), false);
    }
    for (String message : recorded) {
      HubMessages.compare(message, party.messages.next(), names);
    }
  }

  /** Events of a stream: the same text, however it is cut. */
  private void streamed(Party party, String recorded) throws Exception {
    if (recorded.equals(":\r\n")) {
      fill(party, 3);
      assertThat(party.stream.substring(0, 3)).isEqualTo(recorded);
      party.stream.delete(0, 3);
      return;
    }
    if (!recorded.contains("\u001e")) {
      fill(party, recorded.length());
      assertThat(party.stream.substring(0, recorded.length())).isEqualTo(recorded);
      party.stream.delete(0, recorded.length());
      return;
    }
    for (String message : recorded.replace("data: ", "").replace("\r\n", "").split("\u001e")) {
      while (party.messages.isEmpty()) {
        fill(party, party.stream.length() + 1);
        int end = party.stream.lastIndexOf("\r\n\r\n");
        if (end >= 0) {
          String events = party.stream.substring(0, end + 4);
          party.stream.delete(0, end + 4);
          party.messages.add(Wire.bytes(events.replace("data: ", "").replace("\r\n", "")), false);
        }
      }
      HubMessages.compare(message, party.messages.next(), names);
    }
  }

  private static void fill(Party party, int length) throws IOException {
    while (party.stream.length() < length) {
      byte[] chunk = party.wire().readChunk();
      assertThat(chunk).as("more of the event stream after '%s'", party.stream).isNotEmpty();
      party.stream.append(new String(chunk, StandardCharsets.UTF_8));
    }
  }

  // ---- what the server tells

  private void events(JsonNode recorded) {
    List<String> wanted = new ArrayList<>();
    recorded.forEach(event -> wanted.add(names.fill(event.asString())));
    String id =
        recorded.toString().contains("{connectionId-ws2}")
            ? names.get("connectionId-ws2")
            : names.get("connectionId") == null ? latest : names.get("connectionId");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              List<String> seen = new ArrayList<>();
              JsonMapper.shared()
                  .readTree(server.get("/events?id=" + id))
                  .forEach(event -> addEvent(event.asString(), wanted, seen));
              // Things that end at once end in no order.
              assertThat(own(seen)).containsExactlyInAnyOrderElementsOf(own(wanted));
            });
  }

  /** Texts of .NET's own reader and writer are told by the name of their exception. */
  private static List<String> own(List<String> events) {
    return events.stream()
        .map(event -> event.replaceAll("(JsonException|JsonReaderException): .*", "$1"))
        .toList();
  }

  private static void addEvent(String event, List<String> wanted, List<String> to) {
    // Of a long sending the recording leaves out how far it came.
    if (!event.startsWith("sent ") || wanted.stream().anyMatch(one -> one.startsWith("sent "))) {
      to.add(event);
    }
  }

  private void result(JsonNode step) throws Exception {
    String recorded = step.get("result").asString();
    if (recorded.startsWith("[")) {
      assertThat(JsonMapper.shared().readTree(server.get("/startup-errors")))
          .isEqualTo(JsonMapper.shared().readTree(recorded));
    } else {
      assertThat(server.get("/ask/nobody")).isEqualTo(recorded);
    }
  }

  @Override
  public void close() {
    for (Party party : parties.values()) {
      if (party.wire != null) {
        party.wire().close();
      }
    }
  }
}
