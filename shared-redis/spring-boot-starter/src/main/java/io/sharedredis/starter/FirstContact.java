package io.sharedredis.starter;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits at the start for a Redis that is there, so that the first request finds everything joined;
 * one that is away delays the start by the connect timeout and no more.
 */
final class FirstContact {

  private FirstContact() {}

  static void await(CompletableFuture<?> connected, Duration atMost) {
    try {
      Object unused = connected.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException | CancellationException e) {
      // The connection goes on in the background, and readiness says so.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
