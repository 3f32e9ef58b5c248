package io.sharedredis.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** A plain socket that speaks WebSocket frames and JSON hub messages, byte by byte. */
final class LoopClient implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;
  private final Deque<String> messages = new ArrayDeque<>();

  /**
   * A server's frame.
   *
   * @param opcode with the bit that says it is the last
   */
  record Frame(int opcode, byte[] payload) {
    int closeCode() {
      assertThat(opcode).isEqualTo(FrameHeader.CLOSE);
      return payload.length < 2 ? -1 : (payload[0] & 0xff) << 8 | payload[1] & 0xff;
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }
  }

  LoopClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
  }

  Socket socket() {
    return socket;
  }

  void send(byte[]... frames) throws IOException {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (byte[] frame : frames) {
      all.writeBytes(frame);
    }
    socket.getOutputStream().write(all.toByteArray());
  }

  void call(int id, String target, String arguments) throws IOException {
    send(invocation(id, target, arguments));
  }

  static byte[] invocation(int id, String target, String arguments) {
    return ClientFrames.text(
        "{\"type\":1,\"invocationId\":\""
            + id
            + "\",\"target\":\""
            + target
            + "\",\"arguments\":["
            + arguments
            + "]}\u001e");
  }

  Frame frame() throws IOException {
    int first = in.readUnsignedByte();
    int length = in.readUnsignedByte();
    assertThat(length).as("no mask").isLessThan(128);
    long size = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
    byte[] payload = new byte[(int) size];
    in.readFully(payload);
    return new Frame(first, payload);
  }

  /** The next hub message but pings. */
  String message() throws IOException {
    while (messages.isEmpty()) {
      Frame frame = frame();
      assertThat(frame.opcode()).isEqualTo(FrameHeader.TEXT);
      for (String one : frame.text().split("\u001e")) {
        if (!one.equals("{\"type\":6}")) {
          messages.add(one);
        }
      }
    }
    return messages.remove();
  }

  void expect(String message) throws IOException {
    assertThat(message()).isEqualTo(message);
  }

  /** The code of the close frame that comes next, past messages. */
  int closeCode() throws IOException {
    while (true) {
      Frame frame = frame();
      if (frame.opcode() == FrameHeader.CLOSE) {
        return frame.closeCode();
      }
    }
  }

  boolean atEnd() throws IOException {
    try {
      in.readByte();
      return false;
    } catch (EOFException e) {
      return true;
    }
  }

  /** Ends the connection by a reset. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
