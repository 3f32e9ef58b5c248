package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;

/** The end of a WebSocket, byte by byte. */
@HubAppTest
class CloseHandshakeTest {
  private static final int TEXT = 1;
  private static final int CLOSE = 8;

  @Value("${local.server.port}")
  private int port;

  /**
   * A client that stops sends the hub's Close and the WebSocket's in one breath. It must get a
   * close frame whichever the server takes up first; often, as it once depended on two threads.
   */
  @Test
  void clientThatStopsGetsACloseFrameBeforeTheConnectionEnds() throws Exception {
    for (int i = 0; i < 200; i++) {
      try (Socket socket = new Socket("localhost", port)) {
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        DataInputStream in = open(socket, "/hub/open");
        socket.getOutputStream().write(frame(TEXT, "{\"protocol\":\"json\",\"version\":1}\u001e"));
        assertThat(opcode(in)).isEqualTo(TEXT);
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(frame(TEXT, "{\"type\":7}\u001e"));
        both.writeBytes(frame(CLOSE, ""));
        socket.getOutputStream().write(both.toByteArray());
        int last = TEXT;
        while (last == TEXT) {
          last = opcode(in);
        }
        assertThat(last).as("last frame of connection %d", i).isEqualTo(CLOSE);
      }
    }
  }

  @Test
  void handlerThatFailsClosesWithACodeThatSaysSo() throws Exception {
    try (Socket socket = new Socket("localhost", port)) {
      socket.setSoTimeout(10_000);
      DataInputStream in = open(socket, "/raw");
      socket.getOutputStream().write(frame(TEXT, "a"));
      assertThat(opcode(in)).isEqualTo(TEXT);
      socket.getOutputStream().write(frame(TEXT, "!"));
      assertThat(in.readUnsignedByte() & 0x0f).isEqualTo(CLOSE);
      assertThat(in.readUnsignedByte()).isEqualTo(2);
      assertThat(in.readUnsignedShort()).isEqualTo(1011);
    }
  }

  private static DataInputStream open(Socket socket, String path) throws IOException {
    String request =
        """
        GET %s HTTP/1.1\r
        Host: localhost\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
        \r
        """
            .formatted(path);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    DataInputStream in = new DataInputStream(socket.getInputStream());
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    assertThat(head.toString()).startsWith("HTTP/1.1 101");
    return in;
  }

  /** A short frame; a mask of zeros is a mask. */
  private static byte[] frame(int opcode, String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0x80 | opcode);
    frame.write(0x80 | payload.length);
    frame.writeBytes(new byte[4]);
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  /** Reads one frame; -1 at the end of the connection. */
  private static int opcode(DataInputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      return -1;
    }
    int length = in.readUnsignedByte();
    in.readFully(new byte[length == 126 ? in.readUnsignedShort() : length]);
    return first & 0x0f;
  }
}
