package io.sharedredis.conformance;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One TCP connection to the server, spoken to byte for byte. */
final class Wire implements AutoCloseable {
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** Longest wait for what must come; a client that does not read is cut off after 10 s. */
  private static final int PATIENCE_MILLIS =
      Integer.getInteger("conformance.patience-millis", 30_000);

  private static final byte[] MASK = {1, 2, 3, 4};

  private final Socket socket;
  private final DataInputStream in;

  /** Status line and headers as they came, and the body where its length is known. */
  record Answer(int status, String head, byte[] body) {
    @Nullable String header(String name) {
      for (String line : head.split("\r\n")) {
        if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return null;
    }
  }

  /** A WebSocket frame, or a message put together from fragments. */
  record Frame(int opcode, byte[] payload) {
    int code() {
      return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
    }
  }

  Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  // ---- HTTP

  /** Reads status line and headers; the body as well unless it has no end of its own. */
  Answer readAnswer(boolean withBody) throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    int status = Integer.parseInt(head.substring(9, 12));
    Answer answer = new Answer(status, head.toString(), new byte[0]);
    String type = answer.header("Content-Type");
    boolean endless = type != null && type.startsWith("text/event-stream") && status == 200;
    return withBody && status != 101 && status != 204 && !endless
        ? new Answer(status, answer.head(), readBody(answer))
        : answer;
  }

  private byte[] readBody(Answer answer) throws IOException {
    String length = answer.header("Content-Length");
    if (length != null) {
      return in.readNBytes(Integer.parseInt(length));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if ("chunked".equalsIgnoreCase(answer.header("Transfer-Encoding"))) {
      for (byte[] chunk = readChunk(); chunk.length > 0; chunk = readChunk()) {
        body.writeBytes(chunk);
      }
    }
    return body.toByteArray();
  }

  /** One chunk of a body; empty for the last. */
  byte[] readChunk() throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    StringBuilder size = new StringBuilder();
    while (size.indexOf("\r\n") < 0) {
      size.append((char) in.readUnsignedByte());
    }
    byte[] chunk = in.readNBytes(Integer.parseInt(size.toString().strip(), 16));
    in.skipNBytes(2);
    return chunk;
  }

  // ---- WebSocket

  void send(int opcode, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0x80 | opcode);
    if (payload.length < 126) {
      frame.write(0x80 | payload.length);
    } else if (payload.length < 65_536) {
      frame.write(0x80 | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) payload.length >> shift));
      }
    }
    frame.writeBytes(MASK);
    for (int i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ MASK[i % 4]);
    }
    write(frame.toByteArray());
  }

  void sendClose(int code) throws IOException {
    send(CLOSE, code == 0 ? new byte[0] : new byte[] {(byte) (code >> 8), (byte) code});
  }

  /** The next message or control frame; null when the connection has ended. */
  @Nullable Frame readFrame() throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    int kind = 0;
    try {
      while (true) {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length == 126) {
          length = in.readUnsignedShort();
        } else if (length == 127) {
          length = (int) in.readLong();
        }
        byte[] payload = in.readNBytes(length);
        int opcode = first & 0x0F;
        if (opcode >= CLOSE) {
          return new Frame(opcode, payload);
        }
        kind = opcode == 0 ? kind : opcode;
        message.writeBytes(payload);
        if ((first & 0x80) != 0) {
          return new Frame(kind, message.toByteArray());
        }
      }
    } catch (EOFException | SocketException e) {
      return null;
    }
  }

  /** Whether nothing at all comes for a while; what has come can still be read. */
  boolean silentFor(int millis) throws IOException {
    socket.setSoTimeout(millis);
    in.mark(1);
    try {
      int next = in.read();
      in.reset();
      return next < 0;
    } catch (SocketTimeoutException e) {
      return true;
    }
  }

  /** Whether the server ends the connection; what it still says is dropped. */
  boolean ends() throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    try {
      InputStream rest = in;
      while (rest.read() >= 0) {}
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  static int opcode(String frame) {
    return switch (frame.toLowerCase(Locale.ROOT)) {
      case "text" -> TEXT;
      case "binary" -> BINARY;
      case "ping" -> PING;
      case "pong" -> PONG;
      default -> throw new IllegalArgumentException("frame " + frame);
    };
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }
}
