package io.sharedredis.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one event loop that have something to write. They are written after what was read
 * has been dealt with, each once, so that whatever came together goes out together. The buffer that
 * frames are gathered in is the loop's, none of a connection's.
 */
final class LoopOutput {

  /**
   * Bytes of frames that are gathered by copying; one write of the hub's outbox with its header is
   * never longer unless it is one long message.
   */
  private static final int GATHERED = 64 * 1024;

  /**
   * Nanoseconds of writing after which the loop looks at what else there is; half of what counts as
   * slow.
   */
  private static final long TURN_NANOS = LoopMeter.SLOW_NANOS / 2;

  /** Sockets written between two looks at the clock. */
  private static final int UNWATCHED = 16;

  private final EventLoop loop;
  private final LoopMeter meter;
  private final ByteBuffer gathered = ByteBuffer.allocateDirect(GATHERED);
  private final Queue<LoopSocket> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable write = this::write;
  private @Nullable SharedFrame lastLong;

  /** A long message as it was framed last: a broadcast's next recipient has the same. */
  private record SharedFrame(byte[] payload, int first, ByteBuf framed) {}

  LoopOutput(EventLoop loop, LoopMeter meter) {
    this.loop = loop;
    this.meter = meter;
  }

  EventLoop loop() {
    return loop;
  }

  /** The socket has something to write. Any thread. */
  void ready(LoopSocket socket) {
    waiting.add(socket);
    schedule();
  }

  private void schedule() {
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      loop.execute(write);
    }
  }

  private void write() {
    scheduled.set(false);
    long start = System.nanoTime();
    long now = start;
    int written = 0;
    LoopSocket next = waiting.poll();
    while (next != null) {
      next.write();
      if (++written % UNWATCHED == 0) {
        now = System.nanoTime();
        if (now - start > TURN_NANOS) {
          schedule();
          break;
        }
      }
      next = waiting.poll();
    }
    forgetLong();
    meter.took(System.nanoTime() - start);
  }

  /** An empty buffer for frames, to be written before anybody else asks for it. */
  ByteBuffer gathered() {
    return gathered.clear();
  }

  static boolean fits(int length) {
    return length + FrameHeader.LONGEST <= GATHERED;
  }

  /** One long message framed in direct memory; the caller releases it. */
  ByteBuf framed(LoopChannel channel, int first, List<byte[]> unit, int length) {
    SharedFrame last = lastLong;
    byte[] payload = unit.get(0);
    if (last != null && unit.size() == 1 && last.payload == payload && last.first == first) {
      return last.framed.retainedDuplicate();
    }
    ByteBuffer header = gathered();
    FrameHeader.put(header, first, length);
    ByteBuf framed = channel.alloc().directBuffer(header.position() + length);
    framed.writeBytes(header.flip());
    for (byte[] part : unit) {
      framed.writeBytes(part);
    }
    if (unit.size() == 1) {
      forgetLong();
      lastLong = new SharedFrame(payload, first, framed.retainedDuplicate());
    }
    return framed;
  }

  private void forgetLong() {
    SharedFrame last = lastLong;
    if (last != null) {
      lastLong = null;
      last.framed.release();
    }
  }
}
