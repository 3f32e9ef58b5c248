package io.sharedredis.azure.redis;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Keeps one token and replaces it when three quarters of its time are over, so that a token service
 * which is away for minutes is noticed by nobody. Fetches run one at a time on the scheduler.
 */
final class TokenRenewal implements RedisCredentialsProvider, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TokenRenewal.class);

  /** Share of a token's remaining time after which it is renewed. */
  private static final double RENEWED_AFTER = 0.75;

  /** Share of that wait which is left to chance, so that replicas do not come together. */
  private static final double JITTER = 0.1;

  /** First pause after a failure, doubled up to the longest. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Between two fetches at least: credentials hand the same token out until shortly before. */
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(500);

  /** A connection being opened waits so long for a first token; then it is tried again later. */
  private static final Duration TOKEN_WAIT = Duration.ofSeconds(2);

  private final EntraOptions options;
  private final TokenCredential credential;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ScheduledExecutorService scheduler;
  private final Sinks.Many<Login> logins = Sinks.many().replay().latest();
  private int failures;
  private volatile @Nullable Login current;
  private volatile boolean closed;

  TokenRenewal(
      EntraOptions options,
      TokenCredential credential,
      InstantSource clock,
      RandomGenerator random,
      ScheduledExecutorService scheduler) {
    this.options = options;
    this.credential = credential;
    this.clock = clock;
    this.random = random;
    this.scheduler = scheduler;
  }

  void start() {
    schedule(Duration.ZERO);
  }

  /** The token, or the next one if there is none that still counts. */
  @Override
  public Mono<RedisCredentials> resolveCredentials() {
    return Mono.defer(
        () ->
            logins
                .asFlux()
                .filter(login -> login.expires().isAfter(clock.instant()))
                .next()
                .<RedisCredentials>map(Login::credentials)
                .timeout(TOKEN_WAIT));
  }

  @Override
  public boolean supportsStreaming() {
    return true;
  }

  /** Every token, beginning with the present one. */
  @Override
  public Flux<RedisCredentials> credentials() {
    return logins.asFlux().map(Login::credentials);
  }

  @Override
  public void close() {
    closed = true;
  }

  private void renew() {
    if (closed) {
      return;
    }
    try {
      AccessToken token = fetch();
      Login login = login(token);
      Login before = current;
      if (before == null || !before.token().equals(login.token())) {
        current = login;
        Sinks.EmitResult unused = logins.tryEmitNext(login);
        log.info("the Entra ID token for Redis is renewed, valid until {}", login.expires());
      }
      if (failures > 0) {
        log.info("Entra ID gives tokens for Redis again");
        failures = 0;
      }
      schedule(waitFor(login.expires()));
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private AccessToken fetch() {
    AccessToken token =
        Mono.defer(() -> credential.getToken(new TokenRequestContext().addScopes(options.scope())))
            // Some credentials block where they are subscribed to, past every deadline.
            .subscribeOn(Schedulers.boundedElastic())
            .timeout(options.deadline())
            .block();
    if (token == null) {
      throw new IllegalStateException("the credential gave no token");
    }
    return token;
  }

  private Login login(AccessToken token) {
    String user = options.user().orElseGet(() -> TokenUser.of(token.getToken()));
    return new Login(user, token.getToken(), token.getExpiresAt().toInstant());
  }

  private void failed(RuntimeException failure) {
    failures++;
    Login held = current;
    boolean expired = held == null || !held.expires().isAfter(clock.instant());
    if (failures == 1 || expired) {
      log.warn(
          "no Entra ID token for Redis ({}); {}",
          reason(failure),
          held == null
              ? "there was none yet"
              : "the present one " + (expired ? "expired " : "is valid until ") + held.expires());
    }
    long pause = FIRST_PAUSE.toMillis() << Math.min(failures - 1, 16);
    schedule(Duration.ofMillis(Math.min(pause, LONGEST_PAUSE.toMillis())));
  }

  /** Type and first line: the rest of the SDK's messages fills a page. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String text = cause.getClass().getSimpleName() + ": " + cause.getMessage();
    return text.lines().findFirst().orElse(text);
  }

  private Duration waitFor(Instant expires) {
    Duration left = Duration.between(clock.instant(), expires);
    double share = RENEWED_AFTER * (1 - JITTER * random.nextDouble());
    Duration wait = Duration.ofMillis((long) (left.toMillis() * share));
    return wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
  }

  private void schedule(Duration wait) {
    try {
      var unused = scheduler.schedule(this::renew, wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("no renewal of the token: closed");
    }
  }

  /** One token with what it is good for; never printed. */
  private record Login(String user, String token, Instant expires) {

    RedisCredentials credentials() {
      return RedisCredentials.just(user, token.toCharArray());
    }

    @Override
    public String toString() {
      return "Login[" + user + ", expires " + expires + "]";
    }
  }
}
