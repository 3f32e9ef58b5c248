package io.sharedredis.starter.hub;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that says what no client would. */
final class RawSocket implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket;
  private final DataInputStream in;

  RawSocket(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** A WebSocket whose handshake of the hub protocol is done. */
  static RawSocket hub(int port, String protocol) throws IOException {
    RawSocket opened = webSocket(port, "");
    opened.text("{\"protocol\":\"" + protocol + "\",\"version\":1}\u001e");
    String answer = opened.message();
    if (!answer.equals("{}\u001e")) {
      throw new IOException("no handshake: " + answer);
    }
    return opened;
  }

  static RawSocket webSocket(int port, String headers) throws IOException {
    RawSocket opened = new RawSocket(port);
    opened.write(
        "GET /hub/open HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + headers
            + "\r\n");
    String head = opened.head();
    if (!head.startsWith("HTTP/1.1 101")) {
      throw new IOException(head);
    }
    return opened;
  }

  void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Status line and headers of an answer. */
  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  void text(String text) throws IOException {
    frame(0x81, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A frame with its mask, which is zero. */
  void frame(int first, byte[] payload) throws IOException {
    java.nio.ByteBuffer frame = java.nio.ByteBuffer.allocate(14 + payload.length);
    frame.put((byte) first);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 65_536) {
      frame.put((byte) 0xfe).putShort((short) payload.length);
    } else {
      frame.put((byte) 0xff).putLong(payload.length);
    }
    frame.putInt(0).put(payload).flip();
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    write(bytes);
  }

  /** The next message; {@code close CODE} for a close frame, {@code end} for none. */
  String message() throws IOException {
    try {
      int opcode = in.readUnsignedByte() & 0x0f;
      int length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = (int) in.readLong();
      }
      byte[] payload = in.readNBytes(length);
      return opcode == 8
          ? "close " + ((payload[0] & 0xff) << 8 | payload[1] & 0xff)
          : new String(payload, StandardCharsets.UTF_8);
    } catch (java.io.EOFException | SocketException e) {
      return "end";
    }
  }

  /** As {@link #message}, without the server's pings. */
  String answer() throws IOException {
    String message = message();
    while (message.equals("{\"type\":6}\u001e")) {
      message = message();
    }
    return message;
  }

  /** Reads about so many bytes and forgets them; fewer at the end. */
  void skip(int bytes) throws IOException {
    try {
      in.readNBytes(bytes);
    } catch (SocketException end) {
      // Nothing more comes.
    }
  }

  /** Everything until the server ends the connection. */
  String rest() throws IOException {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketException reset) {
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
