package io.sharedredis.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoHandler;
import java.nio.channels.SelectableChannel;

/**
 * Times every dealing of an event loop with a socket: of hub connections and of whatever else lives
 * there, connections to Redis for one.
 */
record MeteredSockets(IoHandler inner, LoopMeter meter) implements IoHandler {

  static IoHandlerFactory factory(LoopMeter meter) {
    IoHandlerFactory plain = NioIoHandler.newFactory();
    return thread -> new MeteredSockets(plain.newHandler(thread), meter);
  }

  @Override
  public void initialize() {
    inner.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return inner.run(context);
  }

  @Override
  public void prepareToDestroy() {
    inner.prepareToDestroy();
  }

  @Override
  public void destroy() {
    inner.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return inner.register(
        handle instanceof NioIoHandle socket ? new MeteredSocket(socket, meter) : handle);
  }

  @Override
  public void wakeup() {
    inner.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> type) {
    return inner.isCompatible(type);
  }

  private record MeteredSocket(NioIoHandle inner, LoopMeter meter) implements NioIoHandle {
    @Override
    public SelectableChannel selectableChannel() {
      return inner.selectableChannel();
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      long start = System.nanoTime();
      inner.handle(registration, event);
      meter.took(System.nanoTime() - start);
    }

    @Override
    public void registered() {
      inner.registered();
    }

    @Override
    public void unregistered() {
      inner.unregistered();
    }

    @Override
    public void close() throws Exception {
      inner.close();
    }
  }
}
