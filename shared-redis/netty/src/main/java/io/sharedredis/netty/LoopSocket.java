package io.sharedredis.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.OutputSource;
import io.sharedredis.hub.server.TransportListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hub connection's WebSocket on an event loop. What one read brought is given to the connection
 * as one piece; what the connection has to say is gathered into one frame and one write. Nothing is
 * kept for it while nothing is pending. All but signals happens on the loop.
 */
final class LoopSocket extends ChannelInboundHandlerAdapter implements HubTransport {
  private static final Logger LOG = LoggerFactory.getLogger(LoopSocket.class);

  /** Close code of an ordinary end, which clients take for one. */
  private static final int NORMAL = 1000;

  /** Close code of a server that has met a condition it did not expect. */
  private static final int FAILED = 1011;

  /** Longest wait for the peer's part in closing; 5 s, ASP.NET Core's CloseTimeout. */
  private static final long CLOSE_SECONDS = 5;

  private static final byte[] NOTHING = new byte[0];

  private static final AtomicIntegerFieldUpdater<LoopSocket> READY =
      AtomicIntegerFieldUpdater.newUpdater(LoopSocket.class, "ready");

  private final HubSocket what;
  private final LoopChannel channel;
  private final LoopOutput output;
  private final FrameReader frames = new FrameReader();
  private byte @Nullable [] early;
  private @Nullable TransportListener connection;
  private @Nullable OutputSource source;
  private volatile int ready;
  private volatile boolean binary;
  private boolean writing;
  private boolean broken;
  private byte @Nullable [] pong;

  /** Asks whether the peer has received what was written; null for nobody. */
  private volatile @Nullable Runnable question;

  /** The question that the last ping frame asked. */
  private @Nullable Runnable asked;

  /** Number of the last ping frame, its payload. */
  private long pings;

  private boolean closeReceived;
  private boolean closeSent;
  private boolean ended;
  private volatile boolean aborted;
  private @Nullable Future<?> deadline;

  /**
   * @param early bytes that were read from the socket before it came here
   */
  LoopSocket(HubSocket what, LoopChannel channel, LoopOutput output, byte[] early) {
    this.what = what;
    this.channel = channel;
    this.output = output;
    this.early = early.length == 0 ? null : early;
  }

  // ---- reading

  @Override
  public void channelActive(ChannelHandlerContext context) {
    TransportListener opened = what.opening().apply(this);
    source = opened.output();
    connection = opened;
    what.opened().run();
    byte[] bytes = early;
    early = null;
    if (bytes != null) {
      read(opened, Unpooled.wrappedBuffer(bytes));
    }
    // What was said meanwhile, or what a connection that goes on has to say.
    outputReady();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      TransportListener open = connection;
      if (open != null) {
        read(open, bytes);
      }
    } finally {
      bytes.release();
    }
  }

  private void read(TransportListener open, ByteBuf bytes) {
    if (broken) {
      return;
    }
    Piece piece = new Piece();
    try {
      frames.read(bytes, piece);
      piece.deliver(open);
    } catch (WebSocketException e) {
      LOG.info("Connection {}: {}", what.connectionId(), e.fault());
      piece.deliver(open);
      broken = true;
      write();
      sendClose(e.code());
      end(() -> open.transportBroken(e));
    }
    if (closeReceived) {
      if (!closeSent) {
        // Whatever was said before the peer's close frame is answered before ours.
        write();
        sendClose(NORMAL);
      }
      end(open::transportClosed);
      endIfDone();
    }
  }

  /** The payload of one read. */
  private final class Piece implements FrameReader.Receiver {
    private byte[] bytes = NOTHING;
    private int used;

    @Override
    public void room(int most) {
      if (bytes == NOTHING) {
        bytes = new byte[most];
      }
    }

    @Override
    public byte[] array() {
      return bytes;
    }

    @Override
    public int offset() {
      return used;
    }

    @Override
    public void received(int length) {
      used += length;
    }

    @Override
    public void ping(byte[] payload) {
      pong = payload;
      outputReady();
    }

    @Override
    public void pong(byte[] payload) {
      Runnable answered = asked;
      if (answered != null
          && payload.length == Long.BYTES
          && ByteBuffer.wrap(payload).getLong() == pings) {
        asked = null;
        answered.run();
      }
    }

    @Override
    public void closed() {
      closeReceived = true;
    }

    void deliver(TransportListener to) {
      if (used > 0 && !closeSent) {
        to.received(bytes, used);
        used = 0;
      }
    }
  }

  /** The socket is closed, whoever closed it; also when it never became active. */
  void closed() {
    Future<?> timer = deadline;
    if (timer != null) {
      timer.cancel(false);
    }
    TransportListener open = connection;
    if (open == null) {
      end(() -> {});
    } else {
      boolean lost = !closeReceived && !closeSent || aborted;
      end(lost ? open::transportLost : open::transportClosed);
    }
  }

  /**
   * Tells whom it concerns that the socket carries nothing any more, once.
   *
   * @param tell the connection: that the peer has closed, is lost and may come back, or has broken
   *     the rules
   */
  private void end(Runnable tell) {
    if (ended) {
      return;
    }
    ended = true;
    what.ended().run();
    tell.run();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    if (failure instanceof IOException) {
      LOG.debug("Connection {}: the socket failed", what.connectionId(), failure);
    } else {
      LOG.error("Connection {}: a step on the event loop failed", what.connectionId(), failure);
    }
    channel.end();
  }

  // ---- writing

  @Override
  public void outputReady() {
    if (ready == 0 && READY.compareAndSet(this, 0, 1)) {
      output.ready(this);
    }
  }

  /** Writes what waits, as far as the socket takes it. */
  void write() {
    ready = 0;
    OutputSource from = source;
    if (from == null || closeSent || !channel.isActive()) {
      return;
    }
    if (writing) {
      if (from.finished()) {
        endInTime();
      }
      return;
    }
    try {
      writePong();
      writePing();
      List<byte[]> unit = writing ? null : from.take();
      while (unit != null) {
        write(unit);
        if (writing) {
          return;
        }
        from.written();
        unit = from.take();
      }
      if (!writing && from.finished()) {
        sendClose(from.failed() ? FAILED : NORMAL);
      }
    } catch (IOException e) {
      LOG.debug("Connection {}: the peer is gone", what.connectionId(), e);
      channel.end();
    } catch (RuntimeException e) {
      // The other sockets of the loop have their turn all the same.
      LOG.error("Connection {}: writing failed", what.connectionId(), e);
      channel.end();
    }
  }

  private void writePong() throws IOException {
    byte[] payload = pong;
    if (payload != null) {
      pong = null;
      ByteBuffer frame = output.gathered();
      FrameHeader.put(frame, FrameHeader.PONG, payload.length);
      flush(frame.put(payload).flip());
    }
  }

  /** What was written before it the peer has when it answers. */
  private void writePing() throws IOException {
    Runnable next = writing ? null : question;
    if (next != null) {
      question = null;
      asked = next;
      ByteBuffer frame = output.gathered();
      FrameHeader.put(frame, FrameHeader.PING, Long.BYTES);
      flush(frame.putLong(++pings).flip());
    }
  }

  private void write(List<byte[]> unit) throws IOException {
    int length = 0;
    for (int i = 0; i < unit.size(); i++) {
      length += unit.get(i).length;
    }
    int first = binary ? FrameHeader.BINARY : FrameHeader.TEXT;
    if (LoopOutput.fits(length)) {
      ByteBuffer frame = output.gathered();
      FrameHeader.put(frame, first, length);
      for (int i = 0; i < unit.size(); i++) {
        frame.put(unit.get(i));
      }
      flush(frame.flip());
    } else {
      flush(output.framed(channel, first, unit, length));
    }
  }

  private void flush(ByteBuffer frame) throws IOException {
    channel.writeNow(frame);
    if (frame.hasRemaining()) {
      later(channel.alloc().directBuffer(frame.remaining()).writeBytes(frame));
    }
  }

  private void flush(ByteBuf frame) throws IOException {
    try {
      ByteBuffer view = frame.nioBuffer();
      int length = view.remaining();
      channel.writeNow(view);
      if (view.hasRemaining()) {
        later(
            frame.retainedSlice(frame.readerIndex() + length - view.remaining(), view.remaining()));
      }
    } finally {
      frame.release();
    }
  }

  /**
   * The socket's buffer is full: the rest goes out when it has room, and only then more is taken.
   */
  private void later(ByteBuf rest) {
    writing = true;
    channel.writeLater(rest, this::written);
  }

  private void written(boolean success) {
    writing = false;
    OutputSource from = source;
    if (!success || from == null) {
      channel.end();
      return;
    }
    from.written();
    if (closeSent) {
      endIfDone();
    } else {
      write();
    }
  }

  @Override
  public boolean confirm(Runnable received) {
    question = received;
    outputReady();
    return true;
  }

  // ---- the end

  private void sendClose(int code) {
    if (closeSent) {
      return;
    }
    closeSent = true;
    ByteBuffer frame = output.gathered();
    FrameHeader.put(frame, FrameHeader.CLOSE, Short.BYTES);
    frame.putShort((short) code).flip();
    try {
      if (writing) {
        later(Unpooled.copiedBuffer(frame));
      } else {
        flush(frame);
      }
    } catch (IOException e) {
      LOG.debug("Connection {}: the peer is gone", what.connectionId(), e);
      channel.end();
      return;
    }
    endInTime();
    // Whoever is told to go away may have been held up: its close frame must be read.
    resumeReading();
    endIfDone();
  }

  /**
   * Sees to it that the socket ends even when its peer does nothing more, and so takes neither what
   * is being written nor a close frame.
   */
  private void endInTime() {
    if (deadline == null) {
      deadline = output.loop().schedule(channel::end, CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void endIfDone() {
    if (writing || !closeSent) {
      return;
    }
    if (closeReceived) {
      channel.end();
    } else if (broken) {
      // A socket closed with input unread is reset, and the peer might not see why.
      channel.endOutput();
    }
  }

  @Override
  public void abort() {
    aborted = true;
    channel.end();
  }

  // ---- what the connection asks

  @Override
  public String name() {
    return "WebSockets";
  }

  @Override
  public String path() {
    return "loop";
  }

  @Override
  public boolean supportsBinary() {
    return true;
  }

  @Override
  public void useBinary(boolean binary) {
    this.binary = binary;
  }

  @Override
  public void pauseReading() {
    ChannelConfig unused = channel.config().setAutoRead(false);
  }

  @Override
  public void resumeReading() {
    ChannelConfig unused = channel.config().setAutoRead(true);
  }
}
