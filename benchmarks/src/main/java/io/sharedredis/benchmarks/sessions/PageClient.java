package io.sharedredis.benchmarks.sessions;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A browser with one connection that stays open, reduced to what costs next to nothing: the
 * machine's processors are to be the server's.
 */
final class PageClient implements Closeable {
  static final String PASSWORD = "Pass123$";

  /** Of ten requests one changes the session. */
  private static final int WRITE_EVERY = 10;

  private static final String SET_COOKIE = "set-cookie: ";
  private static final String LENGTH = "content-length: ";

  private final Socket socket;
  private final InputStream in;
  private String cookie = "";
  private byte[] read = new byte[0];
  private byte[] write = new byte[0];
  private int sent;

  /**
   * @param first place in the cycle of reads and writes where this one begins
   */
  PageClient(int port, int first) throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    // An answer that never comes is an error, not a measurement.
    socket.setSoTimeout(60_000);
    this.in = new BufferedInputStream(socket.getInputStream());
    this.sent = first;
    prepare();
  }

  /** Signs in as a user of its own and puts three kinds of articles into the basket. */
  void signIn() throws IOException {
    exchange(post("/login", "username=user" + sent + "&password=" + PASSWORD), 302);
    prepare();
    for (String article : new String[] {"mug", "hoodie", "sticker"}) {
      exchange(post("/basket", "article=" + article), 200);
    }
  }

  /** The next request of the mix. */
  void request() throws IOException {
    sent++;
    exchange(sent % WRITE_EVERY == 0 ? write : read, 200);
  }

  private void prepare() {
    read = ("GET /page HTTP/1.1\r\n" + headers() + "\r\n").getBytes(StandardCharsets.US_ASCII);
    write = post("/basket", "article=mug");
  }

  private byte[] post(String path, String form) {
    return ("POST "
            + path
            + " HTTP/1.1\r\n"
            + headers()
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + form.length()
            + "\r\n\r\n"
            + form)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private String headers() {
    return "Host: localhost\r\nAccept: text/html\r\nUser-Agent: measurement\r\n"
        + (cookie.isEmpty() ? "" : "Cookie: " + cookie + "\r\n");
  }

  private void exchange(byte[] request, int expected) throws IOException {
    socket.getOutputStream().write(request);
    String status = line();
    int length = -1;
    for (String line = line(); !line.isEmpty(); line = line()) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith(SET_COOKIE)) {
        cookie = line.substring(SET_COOKIE.length()).split(";", 2)[0];
      } else if (header.startsWith(LENGTH)) {
        length = Integer.parseInt(header.substring(LENGTH.length()));
      }
    }
    if (length < 0 || !status.startsWith("HTTP/1.1 " + expected)) {
      throw new IOException("expected " + expected + " with a length, but got " + status);
    }
    in.skipNBytes(length);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
