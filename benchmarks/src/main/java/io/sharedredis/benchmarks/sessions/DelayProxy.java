package io.sharedredis.benchmarks.sessions;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A Redis that is farther away: what a client sends arrives later by a fixed time, as over a longer
 * cable. What follows closely is not held up by what went before. A process of its own, so that its
 * processor time is nobody's.
 */
final class DelayProxy {
  private DelayProxy() {}

  /** Bytes on their way. */
  private record Chunk(long due, byte[] bytes) {}

  /**
   * @param args port of Redis on this machine, delay in microseconds
   */
  public static void main(String[] args) throws IOException {
    int redis = Integer.parseInt(args[0]);
    long delay = Duration.ofNanos(Long.parseLong(args[1]) * 1000).toNanos();
    ServerSocket listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    daemon(() -> accept(listener, redis, delay));
    Fork.ready(listener.getLocalPort());
  }

  private static void accept(ServerSocket listener, int redis, long delay) throws IOException {
    while (!listener.isClosed()) {
      Socket client = listener.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), redis);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      BlockingQueue<Chunk> cable = new LinkedBlockingQueue<>();
      daemon(() -> send(client.getInputStream(), cable, delay));
      daemon(() -> arrive(cable, server));
      daemon(
          () -> {
            try (client;
                server) {
              server.getInputStream().transferTo(client.getOutputStream());
            }
          });
    }
  }

  private static void send(InputStream from, BlockingQueue<Chunk> cable, long delay)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[16 * 1024];
    for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
      cable.put(new Chunk(System.nanoTime() + delay, Arrays.copyOf(buffer, read)));
    }
    cable.put(new Chunk(System.nanoTime() + delay, new byte[0]));
  }

  private static void arrive(BlockingQueue<Chunk> cable, Socket server)
      throws IOException, InterruptedException {
    try (server) {
      OutputStream out = server.getOutputStream();
      for (Chunk chunk = cable.take(); chunk.bytes().length > 0; chunk = cable.take()) {
        for (long left = chunk.due() - System.nanoTime();
            left > 0;
            left = chunk.due() - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        out.write(chunk.bytes());
      }
    }
  }

  private static void daemon(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException | InterruptedException e) {
                // One end closed the connection: the other threads of it end by that, too.
                return;
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  /** What a thread does until its connection ends. */
  private interface Work {
    void run() throws IOException, InterruptedException;
  }
}
