package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.backplane.TestConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Event loops that are held up for longer than Redis may take. */
class BusyLoopsIT {

  @Test
  void subscriptionAskedForWhileTheLoopsAreBusyIsConfirmedWhenTheyAreNot() throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    try (RedisServer redis = RedisServer.startOwn();
        Replicas replicas = Replicas.on(loops)) {
      Replica replica = replicas.start(redis.url());
      TestConnection client = new TestConnection("client", null, Replicas.LINE);
      CountDownLatch release = new CountDownLatch(1);
      for (EventExecutor loop : loops) {
        loop.execute(() -> await(release));
      }
      CompletableFuture<Void> known = replica.lifetime().onConnected(client).toCompletableFuture();
      // The driver gives commands up that are older, written or not.
      long deadline = 2 * RedisDeadlines.DEFAULT.command().toMillis();
      assertThat(release.await(deadline, TimeUnit.MILLISECONDS)).isFalse();
      release.countDown();
      assertThat(known).succeedsWithin(Replicas.SOON);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  private static void await(CountDownLatch release) {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
