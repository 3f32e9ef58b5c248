package io.sharedredis.azure;

import com.azure.core.client.traits.HttpTrait;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.ExponentialBackoffOptions;
import com.azure.core.http.policy.RequestRetryCondition;
import com.azure.core.http.policy.RetryOptions;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Calls of Key Vault under one rule: each ends within a deadline, token and retries included, and
 * one that failed because the vault is away is not tried again for a moment, so that a hundred
 * waiting requests do not wait for a hundred deadlines. Thread-safe.
 */
final class VaultCalls {

  /**
   * Two more tries, 200 ms and up to 1 s later; the deadline cuts them short. None if the vault
   * says when to come again: that may be longer than anyone waits here, see {@link #pauseOf}.
   */
  static final RetryOptions RETRIES =
      new RetryOptions(
              new ExponentialBackoffOptions()
                  .setMaxRetries(2)
                  .setBaseDelay(Duration.ofMillis(200))
                  .setMaxDelay(Duration.ofSeconds(1)))
          .setShouldRetryCondition(VaultCalls::mayRetry);

  /** Longest pause that a {@code Retry-After} of the vault is believed. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** Calls whose failure is remembered; more are forgotten together. */
  private static final int MAX_REMEMBERED = 256;

  private final Duration deadline;
  private final Duration pause;
  private final InstantSource clock;
  private final @Nullable HttpClient http;
  private final Map<String, Outage> outages = new ConcurrentHashMap<>();

  /**
   * @param deadline longest wait for one call
   * @param pause how long a failed call is not tried again
   * @param http what sends requests, or null for the one on the class path
   */
  VaultCalls(Duration deadline, Duration pause, InstantSource clock, @Nullable HttpClient http) {
    this.deadline = deadline;
    this.pause = pause;
    this.clock = clock;
    this.http = http;
  }

  static VaultCalls of(KeyVaultOptions options, InstantSource clock) {
    return new VaultCalls(options.deadline(), options.pause(), clock, options.httpClient());
  }

  <T extends HttpTrait<T>> T configure(T builder) {
    return http == null ? builder : builder.httpClient(http);
  }

  /**
   * @param what names the call in errors; never holds a secret
   * @throws StoreUnavailableException if nothing was learned
   * @throws DataProtectionException if the vault refused for good
   */
  <T> T answer(String what, Supplier<Mono<T>> call) {
    Outage outage = outages.get(what);
    if (outage != null && clock.instant().isBefore(outage.until())) {
      throw new StoreUnavailableException(outage.message(), null);
    }
    // Some credentials block where they are subscribed to: not on the thread that waits.
    CompletableFuture<T> answer =
        Mono.defer(call).subscribeOn(Schedulers.boundedElastic()).toFuture();
    try {
      T value = answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
      if (value == null) {
        throw new DataProtectionException("Key Vault answered " + what + " with nothing");
      }
      outages.remove(what);
      return value;
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw away(what, "no answer within " + deadline.toMillis() + " ms", pause, e);
    } catch (ExecutionException e) {
      throw failed(what, e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("Key Vault: " + what + " was interrupted", e);
    }
  }

  private DataProtectionException failed(String what, Throwable cause) {
    if (cause instanceof HttpResponseException http && http.getResponse() != null) {
      HttpResponse response = http.getResponse();
      int status = response.getStatusCode();
      if (VaultRefusal.isFinal(http)) {
        return new DataProtectionException(
            "Key Vault refused " + what + " with status " + status, cause);
      }
      return away(what, VaultRefusal.describe(http), pauseOf(response), cause);
    }
    return away(what, VaultRefusal.rootOf(cause), pause, cause);
  }

  private StoreUnavailableException away(
      String what, String why, Duration quiet, @Nullable Throwable cause) {
    String message = "Key Vault could not be asked to " + what + ": " + why;
    if (outages.size() >= MAX_REMEMBERED) {
      outages.clear();
    }
    outages.put(what, new Outage(clock.instant().plus(quiet), message));
    return new StoreUnavailableException(message, cause);
  }

  private static boolean mayRetry(RequestRetryCondition attempt) {
    HttpResponse response = attempt.getResponse();
    if (response == null) {
      return attempt.getThrowable() instanceof IOException;
    }
    int status = response.getStatusCode();
    return (status == 408 || status >= 500)
        && response.getHeaderValue(HttpHeaderName.RETRY_AFTER) == null;
  }

  private Duration pauseOf(HttpResponse response) {
    String seconds = response.getHeaderValue(HttpHeaderName.RETRY_AFTER);
    if (seconds == null || !seconds.matches("[0-9]{1,6}")) {
      return pause;
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(seconds));
    Duration longer = asked.compareTo(pause) > 0 ? asked : pause;
    return longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
  }

  private record Outage(Instant until, String message) {}
}
