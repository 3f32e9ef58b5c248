package io.sharedredis.dataprotection;

import io.sharedredis.dataprotection.crypto.PurposeChain;
import io.sharedredis.dataprotection.keyring.KeyRingAssembly;
import io.sharedredis.dataprotection.keyring.KeyRingCounters;
import io.sharedredis.dataprotection.keyring.LiveKeyRing;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyRepository;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running key ring with its protectors: the entry point of this module. Thread-safe.
 *
 * <p>Opening it does not wait for the store: the ring is read in the background, or by the first
 * protector that needs it.
 */
public final class DataProtection implements DataProtectionProvider, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DataProtection.class);

  /**
   * Longest wait at close: above the deadline of one command to Redis, below a person's patience.
   */
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

  /**
   * One looks whether the ring has changed, and may be waiting for an answer that never comes while
   * the other reads the ring over a connection that stands again.
   */
  private static final int THREADS = 2;

  private final KeyRingAssembly assembly;
  private final DataProtector root;
  private final ScheduledExecutorService scheduler;
  private final KeyRepository.Subscription subscription;
  private final ScheduledFuture<?> looks;

  /**
   * @param scheduler runs refreshes and polls; shut down by {@link #close()}
   */
  public DataProtection(
      DataProtectionOptions options,
      KeyRepository repository,
      InstantSource clock,
      SecureRandom random,
      ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
    this.assembly = KeyRingAssembly.of(options, repository, clock, random, scheduler);
    PurposeChain chain =
        options.applicationName().map(PurposeChain.ROOT::with).orElse(PurposeChain.ROOT);
    this.root = new KeyRingProtector(assembly.ring(), chain, clock, assembly.counters());
    this.subscription = repository.onChange(assembly.ring()::refreshInBackground);
    if (options.autoGenerateKeys() && options.secretEncryptor().isEmpty()) {
      log.warn(
          "no encryption of keys at rest is configured: new keys are stored readable in {}",
          repository.describe());
    }
    if (options.entryAuthentication().isPresent()) {
      log.info(
          "entries of the key ring are authenticated: replicas of ASP.NET Core on it must run with"
              + " automatic key generation off, since keys without a tag are refused");
    }
    this.looks = startLooking();
  }

  /** Opens a ring with the system's clock, randomness and threads of its own. */
  public static DataProtection open(DataProtectionOptions options, KeyRepository repository) {
    return new DataProtection(
        options, repository, InstantSource.system(), new SecureRandom(), daemon());
  }

  /** A ring in memory that nobody else shares and that ends with it. For tests. */
  public static DataProtection ephemeral() {
    return open(DataProtectionOptions.builder().build(), new InMemoryKeyRepository());
  }

  /**
   * Operations of a ring for a process that does nothing else with it: nothing is read or made in
   * the background, and there is nothing to close.
   */
  public static KeyManager operations(
      DataProtectionOptions options,
      KeyRepository repository,
      InstantSource clock,
      SecureRandom random) {
    return KeyRingAssembly.of(options, repository, clock, random, inBackground -> {}).keys();
  }

  @Override
  public DataProtector protector(String purpose, String... more) {
    return root.protector(purpose, more);
  }

  /** Operations of the ring. */
  public KeyManager keyManager() {
    return assembly.keys();
  }

  /** What happened to the ring so far, for metrics. */
  public KeyRingCounters counters() {
    return assembly.counters();
  }

  /**
   * Stops refreshing; waits a moment for a read or write of the store under way. Protectors go on
   * working with the ring they have.
   */
  @Override
  public void close() {
    subscription.close();
    looks.cancel(false);
    scheduler.shutdown();
    try {
      if (!scheduler.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        scheduler.shutdownNow();
      }
    } catch (InterruptedException e) {
      scheduler.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private ScheduledFuture<?> startLooking() {
    assembly.ring().refreshInBackground();
    long look = LiveKeyRing.LOOK.toMillis();
    return scheduler.scheduleWithFixedDelay(
        assembly.ring()::keepUp, look, look, TimeUnit.MILLISECONDS);
  }

  private static ScheduledExecutorService daemon() {
    return Executors.newScheduledThreadPool(
        THREADS,
        task -> {
          Thread thread = new Thread(task, "shared-redis-key-ring");
          thread.setDaemon(true);
          return thread;
        });
  }
}
