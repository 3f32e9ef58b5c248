package io.sharedredis.netty;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The event loops of a process, for its hub connections and whatever else uses Netty. Nothing on
 * them may block. Thread-safe; close it after everything that lives on them.
 */
public final class HubLoops implements AutoCloseable {

  /**
   * Longest wait for loops to end, in seconds; what is left of connections then is dropped. Drain
   * comes before, so that there is nothing left.
   */
  private static final long CLOSE_SECONDS = 2;

  private final LoopMeter meter = new LoopMeter();
  private final EventLoopGroup group;
  private final List<LoopOutput> outputs = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();

  /**
   * @param threads loops; they never wait for anything but sockets, so more than processors are of
   *     no use
   */
  public HubLoops(int threads) {
    AtomicInteger number = new AtomicInteger();
    group =
        new MultiThreadIoEventLoopGroup(
            threads,
            task -> {
              Thread thread = new io.netty.util.concurrent.FastThreadLocalThread(task);
              thread.setName("hub-loop-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            },
            MeteredSockets.factory(meter));
    for (EventExecutor loop : group) {
      outputs.add(new LoopOutput((EventLoop) loop, meter));
    }
  }

  /** As many loops as there are processors, at least two. */
  public static HubLoops forThisMachine() {
    return new HubLoops(Math.max(2, Runtime.getRuntime().availableProcessors()));
  }

  /** The loops, for others to use. */
  public EventLoopGroup group() {
    return group;
  }

  /** How long steps on the loops take. */
  public LoopMeter meter() {
    return meter;
  }

  /**
   * Hub connections whose sockets are open, those included that have ended and wait for the peer.
   */
  public int open() {
    return open.get();
  }

  /**
   * Makes a connected socket on which the WebSocket handshake is done a hub connection. From here
   * on the socket belongs to the loop.
   *
   * @param socket non-blocking
   * @param early bytes that were read from it already
   * @param released runs when the socket is closed, for who counts it
   */
  public void adopt(SocketChannel socket, byte[] early, HubSocket what, Runnable released) {
    LoopOutput output = outputs.get(Math.floorMod(next.getAndIncrement(), outputs.size()));
    LoopChannel channel = new LoopChannel(socket);
    LoopSocket carrier = new LoopSocket(what, channel, output, early);
    open.incrementAndGet();
    channel.whenClosed(
        () -> {
          open.decrementAndGet();
          released.run();
          carrier.closed();
        });
    channel.pipeline().addLast(carrier);
    ChannelFuture unused = output.loop().register(channel);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
