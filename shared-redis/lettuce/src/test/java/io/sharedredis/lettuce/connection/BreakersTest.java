package io.sharedredis.lettuce.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisLoadingException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class BreakersTest {

  @Test
  void serverThatIsAwayOrBusyOrLoadingIsAnOutage() {
    assertThat(Breakers.isOutage(new RedisCommandTimeoutException("no answer"))).isTrue();
    assertThat(Breakers.isOutage(new RedisConnectionException("refused"))).isTrue();
    assertThat(Breakers.isOutage(new CompletionException(new IOException("reset")))).isTrue();
    assertThat(Breakers.isOutage(new RedisLoadingException("LOADING Redis is loading"))).isTrue();
    assertThat(Breakers.isOutage(new RedisBusyException("BUSY Redis is busy running a script")))
        .isTrue();
  }

  @Test
  void replyAboutTheCommandItselfIsNoOutage() {
    assertThat(Breakers.isOutage(new RedisCommandExecutionException("ERR wrong type"))).isFalse();
    assertThat(Breakers.isOutage(new IllegalStateException("ours"))).isFalse();
  }

  @Test
  void consumerGroupThatExistsAlreadyIsNoOutage() {
    RedisBusyException reply =
        new RedisBusyException("BUSYGROUP Consumer Group name already exists");
    assertThat(Breakers.isOutage(reply)).isFalse();
    assertThat(Breakers.isOutage(new CompletionException(reply))).isFalse();
  }
}
