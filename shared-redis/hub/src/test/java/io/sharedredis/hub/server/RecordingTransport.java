package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A socket without network, which keeps every frame that is written to it. */
final class RecordingTransport implements HubTransport {
  /** Longest wait for a message that must come. */
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile Wire wire;

  void open(Function<HubTransport, Wire> opening) {
    wire = opening.apply(this);
    outputReady();
  }

  boolean isOpen() {
    return wire != null;
  }

  Wire wire() {
    return wire;
  }

  byte[] next() {
    try {
      byte[] frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(frame).as("a message of the server").isNotNull();
      return frame;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  boolean isSilent() {
    return frames.isEmpty();
  }

  void awaitEnd() {
    try {
      assertThat(end.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("end of the socket").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String name() {
    return "WebSockets";
  }

  @Override
  public boolean supportsBinary() {
    return true;
  }

  @Override
  public void useBinary(boolean binary) {}

  @Override
  public synchronized void outputReady() {
    Wire open = wire;
    if (open == null) {
      return;
    }
    List<byte[]> unit = open.output().take();
    while (unit != null) {
      open.output().written();
      unit.forEach(this::split);
      unit = open.output().take();
    }
    if (open.output().finished()) {
      end.countDown();
    }
  }

  // A replay is one piece; JSON says where its messages end.
  private void split(byte[] piece) {
    if (piece[0] != '{') {
      frames.add(piece);
      return;
    }
    int from = 0;
    for (int at = 0; at < piece.length; at++) {
      if (piece[at] == 0x1e) {
        frames.add(Arrays.copyOfRange(piece, from, at + 1));
        from = at + 1;
      }
    }
  }

  @Override
  public void pauseReading() {}

  @Override
  public void resumeReading() {}

  @Override
  public void abort() {}
}
