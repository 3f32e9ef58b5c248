package io.sharedredis.lettuce.connection;

import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Gives Lettuce event loops that belong to somebody else, who ends them. Where a native transport
 * is on the class path Lettuce asks for loops of that kind, and has its own.
 */
@SuppressWarnings("deprecation") // Lettuce names NIO loops by Netty's old class.
final class SharedLoops implements EventLoopGroupProvider {
  private final EventLoopGroup loops;
  private final int threads;
  private final EventLoopGroupProvider others;

  SharedLoops(EventLoopGroup loops) {
    this.loops = loops;
    int count = 0;
    for (Object unused : loops) {
      count++;
    }
    this.threads = count;
    this.others = new DefaultEventLoopGroupProvider(count);
  }

  @SuppressWarnings("unchecked")
  @Override
  public <T extends EventLoopGroup> T allocate(Class<T> type) {
    boolean fits =
        type.isInstance(loops)
            || type == NioEventLoopGroup.class
                && loops instanceof IoEventLoopGroup io
                && io.isIoType(NioIoHandler.class);
    return fits ? (T) loops : others.allocate(type);
  }

  @Override
  public int threadPoolSize() {
    return threads;
  }

  @Override
  public Future<Boolean> release(
      EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
    return group == loops ? done() : others.release(group, quietPeriod, timeout, unit);
  }

  @Override
  public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
    return others.shutdown(quietPeriod, timeout, unit);
  }

  private static Future<Boolean> done() {
    return GlobalEventExecutor.INSTANCE.newSucceededFuture(true);
  }
}
