package io.sharedredis.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/** A connected socket that came from elsewhere, with a way to write past Netty's queue. */
final class LoopChannel extends NioSocketChannel {

  LoopChannel(SocketChannel socket) {
    super(null, socket);
  }

  /**
   * Writes what the socket takes at once, without an object of any kind. Only while nothing waits
   * in Netty's own queue, and on the event loop.
   */
  void writeNow(ByteBuffer bytes) throws IOException {
    SocketChannel socket = javaChannel();
    int written;
    do {
      written = socket.write(bytes);
    } while (written > 0 && bytes.hasRemaining());
  }

  /**
   * Writes when there is room.
   *
   * @param end told whether it was written, on the event loop
   */
  void writeLater(ByteBuf bytes, Consumer<Boolean> end) {
    ChannelFuture unused =
        writeAndFlush(bytes).addListener(written -> end.accept(written.isSuccess()));
  }

  /** Closes the socket, whatever waits. Any thread. */
  void end() {
    ChannelFuture unused = close();
  }

  /** Tells the peer that nothing more comes, and goes on reading. */
  void endOutput() {
    ChannelFuture unused = shutdownOutput();
  }

  void whenClosed(Runnable task) {
    ChannelFuture unused = closeFuture().addListener(closed -> task.run());
  }
}
