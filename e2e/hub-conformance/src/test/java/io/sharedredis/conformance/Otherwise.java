package io.sharedredis.conformance;

import java.util.Map;

/** Where the app answers otherwise than the recorded server, and why. */
final class Otherwise {

  private static final String STATEFUL =
      "stateful reconnect (/probe/stateful: StatefulReconnectBufferSize 1000): ";

  private static final String ECHOED = "Tomcat sends the client's code back";

  /** Cases that are not replayed. */
  static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("handshake: handshake empty record (detailed errors)", "text of .NET's reader"),
          Map.entry("handshake: handshake broken JSON (detailed errors)", "text of .NET's reader"),
          Map.entry("handshake: handshake not JSON (detailed errors)", "text of .NET's reader"),
          Map.entry("invoke: enum as text", "enums are read by name and by number"),
          Map.entry(
              "messagepack: mp enum as number (detailed errors)",
              "enums are read by name and by number"),
          Map.entry(
              "messagepack: mp object argument in camelCase",
              "names are read ignoring case in both protocols"),
          Map.entry(
              "invoke: result cannot be serialized (detailed errors)", "text of .NET's writer"),
          Map.entry("client results: null result for int", "text of .NET's reader"),
          Map.entry("messagepack: mp broken bytes (detailed errors)", "text of .NET's reader"),
          Map.entry("hub protocol: hub cannot be created", "text of .NET's dependency injection"),
          Map.entry(
              "stream: id in use",
              "a defect of the model: the first stream can still be cancelled"),
          Map.entry(
              "upload: item before its id (detailed errors)",
              "a defect of the model: the order of properties must not matter"),
          Map.entry(
              "upload: stream id in use",
              "a defect of the model: the second call is refused, the first one goes on"),
          Map.entry(
              "upload: full buffer blocks the connection",
              "a defect of the model: the item is dropped, the connection lives"),
          Map.entry(
              "upload: full buffer blocks the connection (detailed errors)",
              "a defect of the model: the item is dropped, the connection lives"),
          Map.entry(
              "hub protocol: unknown type 0",
              "a defect of the model: the message is skipped, the connection goes on"),
          Map.entry(
              "hub protocol: unknown type 99",
              "a defect of the model: the message is skipped, the connection goes on"),
          Map.entry(
              "hub protocol: unknown type -1",
              "a defect of the model: the message is skipped, the connection goes on"),
          Map.entry(
              "messagepack: mp unknown type then a call",
              "a defect of the model: the message is skipped, the connection goes on"),
          Map.entry("invoke: call during a blocked call", "timing: streams run beside calls"),
          Map.entry(
              "messagepack: mp cancel",
              "timing: a cancellation right behind its stream may end it before its first item"),
          Map.entry(
              STATEFUL + "old socket silent",
              "a defect of the model: the new socket takes over at once and stays"),
          Map.entry(
              STATEFUL + "second socket after Context.Abort while the first still closes",
              "an aborted connection is gone at once: 404, not 409"),
          Map.entry(
              STATEFUL + "buffer overflow",
              "a send to a client does not wait for room, a stream does"),
          Map.entry(
              "inactivity (DisconnectTimeout 3 s): negotiated only",
              "a POST claims the connection, which then has its time anew"),
          Map.entry(
              "connection limits: TCP connections",
              "a limit of Kestrel; Tomcat lets connections wait"),
          Map.entry(
              "shutdown by SIGTERM: idle WebSocket",
              "on purpose: clients get a Close message that lets them reconnect"),
          Map.entry(
              "shutdown by SIGTERM: idle WebSocket, client answers nothing",
              "on purpose: clients get a Close message that lets them reconnect"),
          Map.entry(
              "shutdown by SIGTERM: stateful WebSocket",
              "on purpose: clients get a Close message that lets them reconnect"),
          Map.entry(
              "shutdown by SIGTERM: long polling with a waiting poll",
              "on purpose: clients get a Close message that lets them reconnect"),
          Map.entry(
              "shutdown by SIGTERM: long polling between polls",
              "on purpose: clients get a Close message that lets them reconnect"));

  /** Cases that are not replayed over the Jakarta API. */
  static final Map<String, String> PORTABLE =
      Map.of(
          "hub protocol: WebSocket close frame 1001",
          ECHOED,
          "hub protocol: WebSocket close frame 1011",
          ECHOED,
          "hub protocol: WebSocket close frame 4999",
          ECHOED,
          STATEFUL + "return after a close frame 1001",
          ECHOED);

  /** Cases that are, but for what the hub itself was told. */
  static final Map<String, String> EVENTS =
      Map.ofEntries(
          Map.entry("invoke: message that cannot be serialized", "text of .NET's writer"),
          Map.entry("stream: item cannot be serialized", "text of .NET's writer"),
          Map.entry(
              "hub protocol: WebSocket close frame with bad code 999",
              "a broken frame is an ordinary end for the hub"),
          Map.entry(
              "hub protocol: text frame with invalid UTF-8",
              "a broken frame is an ordinary end for the hub"),
          Map.entry(
              "hub protocol: text frame with invalid UTF-8 (detailed errors)",
              "a broken frame is an ordinary end for the hub"));

  private Otherwise() {}
}
