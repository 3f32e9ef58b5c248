package io.sharedredis.starter;

import io.lettuce.core.RedisURI;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What clients send to Redis, by {@code MONITOR}; what scripts do inside is left out. */
final class Monitor implements AutoCloseable {

  private static final Pattern LINE = Pattern.compile("^\\+\\S+ \\[\\d+ (\\S+)] \"(\\w+)\"(.*)$");

  private final Socket monitor;
  private final Socket marker;
  private final BufferedReader lines;

  Monitor(RedisURI redis) throws IOException {
    monitor = new Socket(redis.getHost(), redis.getPort());
    marker = new Socket(redis.getHost(), redis.getPort());
    lines =
        new BufferedReader(
            new InputStreamReader(monitor.getInputStream(), StandardCharsets.ISO_8859_1));
    send(monitor, "MONITOR");
    if (!"+OK".equals(lines.readLine())) {
      throw new IOException("MONITOR was refused");
    }
  }

  /** Names of the commands that clients sent about sessions while {@code work} ran. */
  List<String> during(Work work) throws Exception {
    drain();
    work.run();
    return drain();
  }

  /** Reads up to a command of our own, so that nothing that was sent before is missed. */
  private List<String> drain() throws IOException {
    String mark = UUID.randomUUID().toString();
    send(marker, "ECHO " + mark);
    List<String> commands = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(mark)) {
        return commands;
      }
      Matcher command = LINE.matcher(line);
      if (command.matches()
          && !command.group(1).equals("lua")
          && command.group(3).contains("session")
          && !isOfNoRequest(command.group(3))) {
        commands.add(command.group(2));
      }
    }
    throw new IOException("the connection ended");
  }

  /** The replicas' search for sessions that have ended, which goes on beside. */
  private static boolean isOfNoRequest(String arguments) {
    return arguments.contains(":claimant") || arguments.contains(":ended\"");
  }

  private static void send(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() {
    try (monitor;
        marker) {
      lines.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is counted. */
  interface Work {
    void run() throws Exception;
  }
}
