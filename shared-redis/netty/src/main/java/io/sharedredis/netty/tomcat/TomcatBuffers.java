package io.sharedredis.netty.tomcat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that Tomcat keeps for each connection, 16 KB by default, which nobody needs once the
 * socket is ours. They are put back before Tomcat takes the connection to pieces, because it uses
 * them again for another one.
 */
final class TomcatBuffers {
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private static final @Nullable VarHandle READ = field("readBuffer");
  private static final @Nullable VarHandle WRITE = field("writeBuffer");

  private final SocketBufferHandler buffers;
  private final int readSize;
  private final int writeSize;
  private final boolean direct;

  private TomcatBuffers(SocketBufferHandler buffers, int readSize, int writeSize, boolean direct) {
    this.buffers = buffers;
    this.readSize = readSize;
    this.writeSize = writeSize;
    this.direct = direct;
  }

  /** Whether buffers can be taken out of this Tomcat's connections. */
  static boolean releasable() {
    return READ != null && WRITE != null;
  }

  private static @Nullable VarHandle field(String name) {
    try {
      return MethodHandles.privateLookupIn(SocketBufferHandler.class, MethodHandles.lookup())
          .findVarHandle(SocketBufferHandler.class, name, ByteBuffer.class);
    } catch (ReflectiveOperationException anotherTomcat) {
      return null;
    }
  }

  /** Takes a connection's buffers, in which nothing may wait, for the garbage collector. */
  static @Nullable TomcatBuffers release(SocketBufferHandler buffers) {
    VarHandle read = READ;
    VarHandle write = WRITE;
    if (read == null || write == null || !buffers.isWriteBufferEmpty()) {
      return null;
    }
    ByteBuffer in = (ByteBuffer) read.getVolatile(buffers);
    ByteBuffer out = (ByteBuffer) write.getVolatile(buffers);
    if (in.isDirect()) {
      // Tomcat frees direct memory itself when it takes the connection to pieces.
      return null;
    }
    TomcatBuffers released = new TomcatBuffers(buffers, in.capacity(), out.capacity(), false);
    read.setVolatile(buffers, NONE);
    write.setVolatile(buffers, NONE);
    return released;
  }

  /** Gives the connection new buffers. */
  void restore() {
    if (READ != null && WRITE != null && !direct) {
      READ.setVolatile(buffers, ByteBuffer.allocate(readSize));
      WRITE.setVolatile(buffers, ByteBuffer.allocate(writeSize));
      buffers.reset();
    }
  }
}
