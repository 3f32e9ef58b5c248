package io.sharedredis.playground.gateway;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Asks every replica for {@code /readiness} again and again. 200 puts it into traffic; any other
 * answer or a closed port takes it out at once, silence only when it lasts, because a busy machine
 * is slow for all replicas alike.
 */
final class ReadinessProbe implements AutoCloseable {

  /** Half a second between probes: what a replica that leaves in good order must wait for. */
  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** Time for one answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Probes without an answer in a row that take a replica out. */
  private static final int SILENCE_LIMIT = 3;

  private static final Logger log = LoggerFactory.getLogger(ReadinessProbe.class);

  private final HttpClient client =
      HttpClient.create(ConnectionProvider.newConnection())
          .disableRetry(true)
          .option(io.netty.channel.ChannelOption.CONNECT_TIMEOUT_MILLIS, 1000)
          .responseTimeout(PATIENCE);

  private final Disposable.Composite probes = Disposables.composite();

  void watch(ReplicaPool pool) {
    for (Upstream replica : pool.replicas()) {
      probes.add(new Watch(replica).run());
    }
  }

  @Override
  public void close() {
    probes.dispose();
  }

  private final class Watch {

    private final Upstream replica;
    private int silent;

    Watch(Upstream replica) {
      this.replica = replica;
    }

    Disposable run() {
      return Mono.defer(this::probe).repeatWhen(done -> done.delayElements(INTERVAL)).subscribe();
    }

    private Mono<Void> probe() {
      return client
          .get()
          .uri(replica.origin() + "/readiness")
          .responseSingle((response, body) -> Mono.just(response.status().code()))
          .timeout(PATIENCE)
          .doOnNext(this::answered)
          .onErrorResume(
              failure -> {
                failed(failure);
                return Mono.empty();
              })
          .then();
    }

    private void answered(int status) {
      silent = 0;
      if (status == 200) {
        if (replica.putIn()) {
          log.info("{} is ready", replica);
        }
      } else if (replica.takeOut()) {
        log.info("{} is not ready any more: /readiness answered {}", replica, status);
      }
    }

    private void failed(Throwable failure) {
      silent = Failure.of(failure) == Failure.TIMEOUT ? silent + 1 : SILENCE_LIMIT;
      if (silent >= SILENCE_LIMIT && replica.takeOut()) {
        log.info("{} is out: {}", replica, failure.toString());
      }
    }
  }
}
