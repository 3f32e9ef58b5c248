package io.sharedredis.benchmarks.backplane;

import io.sharedredis.benchmarks.measure.ClientFrames;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What clients say over a WebSocket. */
enum Dialect {
  /** JSON hub protocol; a call is answered with a completion beside what it causes. */
  SIGNALR(
      0x1e,
      1,
      List.of(new Step("{\"protocol\":\"json\",\"version\":1}\u001e", 1)),
      "{\"type\":1,\"invocationId\":\"1\",\"target\":\"%s\",\"arguments\":[\"%s\"]}\u001e"),

  /** STOMP 1.2 without heartbeats; everybody is subscribed to the topic that is sent to. */
  STOMP(
      0,
      0,
      List.of(
          new Step("CONNECT\naccept-version:1.2\nhost:/\nheart-beat:0,0\n\n\0", 1),
          new Step("SUBSCRIBE\nid:0\nreceipt:1\ndestination:/topic/g\n\n\0", 1)),
      "SEND\ndestination:/topic/%s\n\n%s\0"),

  /** Socket.IO 5 over WebSocket alone: the server opens, the client joins the default namespace. */
  SOCKET_IO(
      ClientFrames.WHOLE, 0, List.of(new Step("", 1), new Step("40", 1)), "42[\"%s\",\"%s\"]");

  /**
   * One step of the greeting.
   *
   * @param text that the client sends; nothing when empty
   * @param answers messages that it waits for then
   */
  record Step(String text, int answers) {}

  private final int end;
  private final int completions;
  private final List<Step> greeting;
  private final String request;

  Dialect(int end, int completions, List<Step> greeting, String request) {
    this.end = end;
    this.completions = completions;
    this.greeting = greeting;
    this.request = request;
  }

  ClientFrames frames() {
    return new ClientFrames(end);
  }

  /** Messages that answer a request and are no deliveries. */
  int completions() {
    return completions;
  }

  List<Step> greeting() {
    return greeting;
  }

  /** A frame that makes the server send {@code text} to many. */
  byte[] request(String target, String text) {
    return frame(String.format(request, target, text));
  }

  static byte[] frame(String text) {
    return ClientFrames.text(text.getBytes(StandardCharsets.US_ASCII));
  }
}
